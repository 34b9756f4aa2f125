import { useEffect, useRef, useState } from "react";
import { SCAN_SHOWN } from "#contract/rules/scan.ts";
import type { ScanEvent, ScanSource } from "#contract/scan.ts";
import { client } from "../../../lib/api.ts";

type Asked = ScanSource & { expression: string };

interface ScanRun {
  /** What was asked for; undefined before the first start. */
  asked: Asked | undefined;
  last: ScanEvent | undefined;
  items: ScanEvent["items"];
  error: unknown;
  state: "idle" | "running" | "stopped" | ScanEvent["state"];
}

const IDLE: ScanRun = { asked: undefined, last: undefined, items: [], error: null, state: "idle" };

const withNext = (run: ScanRun, next: ScanEvent): ScanRun => ({
  ...run,
  last: next,
  items: next.items.length === 0 ? run.items : [...run.items, ...next.items].slice(0, SCAN_SHOWN),
  state: next.state,
});

/** A scan that runs while the page looks at it. */
export function useScan() {
  const [run, setRun] = useState(IDLE);
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);

  const follow = (asked: Asked, resume: string | undefined): void => {
    current.current?.abort();
    const controller = new AbortController();
    current.current = controller;
    const { signal } = controller;
    const take = async () => {
      for await (const next of await client.scan.run({ ...asked, resume }, { signal })) {
        if (signal.aborted) return;
        setRun((before) => withNext(before, next));
      }
    };
    take().catch((error: unknown) => {
      if (!signal.aborted) setRun((before) => ({ ...before, error, state: "stopped" }));
    });
  };

  return {
    run,
    start: (asked: Asked): void => {
      setRun({ ...IDLE, asked, state: "running" });
      follow(asked, undefined);
    },
    goOn: (): void => {
      const { asked, last } = run;
      if (asked === undefined || !last?.paused) return;
      setRun((before) => ({ ...before, error: null, state: "running" }));
      follow(asked, last.paused.resume);
    },
    stop: (): void => {
      current.current?.abort();
      setRun((before) => ({ ...before, state: "stopped" }));
    },
  };
}
