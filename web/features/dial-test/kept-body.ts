import { useEffect } from "react";
import { keepInTab, keptInTab } from "../../lib/store.ts";
import type { ProduceDraft } from "./produce-draft.ts";

/** Of what a body is: a topic's draft, or a test that was sent. */
interface Kept {
  of: string;
  body: string;
}

const draftKey = (instanceId: string) => `message.${instanceId}`;
const sentKey = (instanceId: string) => `message.sent.${instanceId}`;

function read(key: string, of: string): string {
  const { of: whose, body } = JSON.parse(keptInTab(key) ?? "{}") as Partial<Kept>;
  return whose === of && body !== undefined ? body : "";
}

const keep = (key: string, kept: Kept): void => keepInTab(key, JSON.stringify(kept));

/** The body that was typed for that topic in this tab, or the one of the test to be run again; empty where it is not known any more. */
export const keptBody = (instanceId: string, { topic, bodyOf }: { topic?: string; bodyOf?: string }): string =>
  bodyOf === undefined ? read(draftKey(instanceId), topic ?? "") : read(sentKey(instanceId), bodyOf);

/** Once it was sent it is a draft no more, and at hand to be sent again. */
export function keepSent(instanceId: string, jobId: string, body: string): void {
  keep(draftKey(instanceId), { of: "", body: "" });
  keep(sentKey(instanceId), { of: jobId, body });
}

/** Keeps what is typed over a reload. */
export function useKeptBody(instanceId: string, { topic, body, bodyOf }: ProduceDraft): void {
  useEffect(() => {
    if (bodyOf === undefined) keep(draftKey(instanceId), { of: topic.trim(), body });
  }, [instanceId, topic, body, bodyOf]);
}
