import "./resource.css";
import type { QueryKey } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { outcomeOf } from "../plan-lines.tsx";
import { usePlannedWrite, type AnyPlan, type Planned } from "../planned-write.ts";
import { PanelSkeleton } from "../table-skeleton.tsx";
import { WriteDrawer } from "../write-drawer.tsx";
import { useT } from "../../lib/i18n.ts";

export interface WriteFrameProps<Input, Plan extends AnyPlan, Key extends QueryKey> extends Planned<Input, Plan, Key> {
  title: string | ((planned: Plan | undefined) => string);
  /** The form; as a function it is given the plan, and waits for the first one. */
  children: ReactNode | ((planned: Plan) => ReactNode);
  /** What is told of the plan under the form, where lines do not suffice; of one that takes something back, too. */
  detail?: (planned: Plan, undoing: boolean) => ReactNode;
  /** What was found out for it, over the plan. */
  found?: ReactNode;
  dirty: boolean;
  /** As functions of the plan, where they depend on it. */
  applyText: string | ((planned: Plan | undefined) => string);
  confirmName?: string | ((planned: Plan) => string | undefined);
  danger?: boolean;
  byButton?: boolean;
  narrow?: boolean;
  /** What to do next. */
  next?: ReactNode;
  onClose: () => void;
}

/** A form and the plan of what it says, which is then applied, target by target. */
export function WriteFrame<Input, Plan extends AnyPlan, Key extends QueryKey>(
  props: WriteFrameProps<Input, Plan, Key>,
) {
  const {
    title,
    children,
    detail,
    found,
    dirty,
    applyText,
    confirmName,
    byButton,
    narrow,
    danger,
    next,
    onClose,
    ...planning
  } = props;
  const t = useT();
  const { planned, plan, ready, apply, undo: showUndo, undoing } = usePlannedWrite(planning);
  const waiting = plan === undefined ? <PanelSkeleton label={t("loading")} /> : null;
  return (
    <WriteDrawer
      open
      title={typeof title === "function" ? title(planned) : title}
      found={found}
      plan={plan}
      dirty={dirty}
      ready={ready}
      applyText={typeof applyText === "function" ? applyText(planned) : applyText}
      confirmName={typeof confirmName !== "function" ? confirmName : planned && confirmName(planned)}
      danger={danger}
      byButton={byButton}
      narrow={narrow}
      onApply={async () => {
        const { outcomes, undo } = await apply();
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
