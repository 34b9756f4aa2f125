import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { outcomeOf } from "../plan-lines.tsx";
import { usePlannedWrite, type AnyPlan, type Planned } from "../planned-write.ts";
import { PanelSkeleton } from "../table-skeleton.tsx";
import { WriteDrawer } from "../write-drawer.tsx";
import { useT } from "../../lib/i18n.ts";

export interface WriteFrameProps<Input, Plan extends AnyPlan, Key extends QueryKey> extends Planned<Input, Plan, Key> {
  title: string;
  /** The form; as a function it is given the plan, and waits for the first one. */
  children: ReactNode | ((planned: Plan) => ReactNode);
  /** What is told of the plan under the form, where lines do not suffice; of one that takes something back, too. */
  detail?: (planned: Plan, undoing: boolean) => ReactNode;
  dirty: boolean;
  applyText: string;
  confirmName?: string;
  byButton?: boolean;
  /** Queries that tell of something else afterwards. */
  touches: QueryKey;
  /** What to do next. */
  next?: ReactNode;
  onClose: () => void;
}

/** A form and the plan of what it says, which is then applied, target by target. */
export function WriteFrame<Input, Plan extends AnyPlan, Key extends QueryKey>(
  props: WriteFrameProps<Input, Plan, Key>,
) {
  const { title, children, detail, dirty, applyText, confirmName, byButton, touches, next, onClose, ...planning } =
    props;
  const t = useT();
  const queryClient = useQueryClient();
  const { planned, plan, ready, apply, undo: showUndo, undoing } = usePlannedWrite(planning);
  const waiting = plan === undefined ? <PanelSkeleton label={t("loading")} /> : null;
  return (
    <WriteDrawer
      open
      title={title}
      plan={plan}
      dirty={dirty}
      ready={ready}
      applyText={applyText}
      confirmName={confirmName}
      byButton={byButton}
      onApply={async () => {
        const { outcomes, undo } = await apply();
        void queryClient.invalidateQueries({ queryKey: touches });
        const onUndo = undo !== null && showUndo ? () => showUndo(undo) : undefined;
        // A remark is the console's own: no broker has an outcome to show.
        return outcomes.length === 0 && onUndo === undefined ? undefined : { ...outcomeOf(outcomes, next), onUndo };
      }}
      detail={planned === undefined || plan === undefined ? null : detail?.(planned, undoing)}
      onClose={onClose}
    >
      {typeof children !== "function" ? children : planned === undefined ? waiting : children(planned)}
    </WriteDrawer>
  );
}
