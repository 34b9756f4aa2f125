import { startScriptedBroker, type ScriptedBroker } from "../../sandbox/fault-proxy/scripted-broker.ts";

export interface ScriptedAnswer {
  code?: number;
  remark?: string;
  /** An object is written as JSON; fastjson's own ways (keys that are objects) need a text. */
  body?: object | string;
  ext?: Record<string, string>;
}

export type ScriptedPeer = Pick<ScriptedBroker, "addr" | "stop">;

/** A server of a few answers, for faults that a real one does not have on demand; what it leaves out it refuses. */
export const scriptedPeer = (
  answer: (code: number, ext: Readonly<Record<string, string>>) => ScriptedAnswer | undefined,
): Promise<ScriptedPeer> =>
  startScriptedBroker(() => ({
    others: ({ code, ext }) => answer(code, ext) ?? { code: 3, remark: "not supported" },
  }));
