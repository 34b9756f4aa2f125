import type { Scenario } from "./scripted-broker.ts";
import { figureScenarios } from "./scenarios/figures.ts";
import { frameScenarios } from "./scenarios/frames.ts";
import { messageScenarios } from "./scenarios/messages.ts";
import { peerScenarios } from "./scenarios/peers.ts";
import { tableScenarios } from "./scenarios/tables.ts";

/** What a hostile or broken peer may answer, by name. A new one is one line of the table that it belongs to. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  ...frameScenarios,
  ...figureScenarios,
  ...tableScenarios,
  ...messageScenarios,
  ...peerScenarios,
};
