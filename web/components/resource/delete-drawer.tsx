import type { QueryKey } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useT } from "../../lib/i18n.ts";
import type { Resource } from "../../lib/resource-search.ts";
import { WriteFrame, type WriteFrameProps } from "./write-frame.tsx";

/** What a drawer that deletes is opened with. */
export interface DeleteProps {
  instanceId: string;
  onClose: () => void;
  /** After it is gone and the drawer was closed. */
  onDeleted?: () => void;
}

interface DeleteDrawerProps<Input, Plan, Key extends QueryKey>
  extends
    Pick<WriteFrameProps<Input, Plan, Key>, "input" | "query" | "words" | "apply" | "touches">,
    Omit<DeleteProps, "instanceId"> {
  resource: Resource;
  name: string;
  /** What goes with it, and who uses it. */
  children: (planned: Plan) => ReactNode;
}

/** The plan of a deletion, and its name typed before it is done. */
export function DeleteDrawer<Input, Plan, Key extends QueryKey>(props: DeleteDrawerProps<Input, Plan, Key>) {
  const { resource, name, apply, onClose, onDeleted, ...rest } = props;
  const t = useT(resource);
  const [gone, setGone] = useState(false);
  return (
    <WriteFrame
      {...rest}
      title={t("deleteTitle", { [resource]: name })}
      whole={!gone}
      dirty={false}
      applyText={t("deleteIt")}
      confirmName={name}
      apply={async (input) => {
        const done = await apply(input);
        setGone(done.outcomes.every(({ ok }) => ok));
        return done;
      }}
      onClose={gone && onDeleted ? onDeleted : onClose}
    />
  );
}
