import type { QueryKey } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useT } from "../../lib/i18n.ts";
import type { Resource } from "../../lib/resource-search.ts";
import type { AnyPlan } from "../planned-write.ts";
import { WriteFrame, type WriteFrameProps } from "./write-frame.tsx";

/** What a drawer that deletes is opened with. */
export interface DeleteProps {
  instanceId: string;
  onClose: () => void;
  /** After it is gone and the drawer was closed. */
  onDeleted?: () => void;
}

interface DeleteDrawerProps<Input, Plan extends AnyPlan, Key extends QueryKey>
  extends
    Pick<WriteFrameProps<Input, Plan, Key>, "input" | "query" | "words" | "apply" | "touches">,
    Omit<DeleteProps, "instanceId"> {
  resource: Resource;
  name: string;
  /** What goes with it, and who uses it. */
  children: (planned: Plan) => ReactNode;
}

/** Who is online decides whether it may be deleted, and is dear to ask. */
const AGAIN_MS = 60_000;

/** The plan of a deletion, and its name typed before it is done. */
export function DeleteDrawer<Input, Plan extends AnyPlan, Key extends QueryKey>(
  props: DeleteDrawerProps<Input, Plan, Key>,
) {
  const { resource, name, apply, onClose, onDeleted, ...rest } = props;
  const t = useT(resource);
  const [gone, setGone] = useState(false);
  return (
    <WriteFrame
      {...rest}
      title={t("deleteTitle", { [resource]: name })}
      whole={!gone}
      dirty={false}
      narrow
      applyText={t("deleteIt")}
      confirmName={name}
      againMs={AGAIN_MS}
      apply={async (planId, plan) => {
        const done = await apply(planId, plan);
        setGone(done.outcomes.every(({ ok }) => ok));
        return done;
      }}
      onClose={gone && onDeleted ? onDeleted : onClose}
    />
  );
}
