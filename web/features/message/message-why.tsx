import { Link } from "@tanstack/react-router";
import type { Consumption, Evidence, MessagePlace } from "#contract/message.ts";
import { useT } from "../../lib/i18n.ts";
import { refOf } from "../../lib/message-ref.ts";
import { useCan } from "../../lib/session.ts";
import { visible } from "../../lib/visible.ts";
import { useEvidence } from "./message-words.tsx";

/** What a verdict rests on, leading to the copies that it names, and what would make it certain. */
export function Why({ instanceId, told }: { instanceId: string; told: Consumption & { group: string } }) {
  const t = useT("message");
  const { state, evidence, wouldTell } = told;
  return (
    <ul className="rd-message-why">
      {evidence.length === 0 ? <li>{t(`stateWhy.${state}`)}</li> : null}
      {evidence.map((one, at) => (
        <li key={`${one.kind} ${one.client ?? ""} ${one.at ?? ""}`}>
          <Told one={one} />{" "}
          {one.place === undefined ? null : <ToCopy instanceId={instanceId} to={one.place} of={one.kind} />}
          {evidence.slice(at + 1).some((later) => isSameStep(later.kind, one.kind)) ? null : (
            <NextStep instanceId={instanceId} group={told.group} of={one.kind} />
          )}
        </li>
      ))}
      {wouldTell === null ? null : <li>{t(`wouldTell.${wouldTell}`)}</li>}
    </ul>
  );
}

/** In words, an expression in them as it was written. */
function Told({ one }: { one: Evidence }) {
  const text = useEvidence()(one);
  const expression = visible(one.expression ?? "");
  const at = text.indexOf(expression);
  if (expression === "" || at === -1) return text;
  return (
    <>
      {text.slice(0, at)}
      <code className="rd-mono">{expression}</code>
      {text.slice(at + expression.length)}
    </>
  );
}

const steps = {
  reset: { label: "toReset", search: { open: "reset" }, needs: "offset:reset" },
  switchedOff: { label: "toSwitch", search: { open: "edit" }, needs: "group:update" },
  nobodyOnline: { label: "toClients", search: { tab: "clients" }, needs: "group:read" },
  ownedByNobody: { label: "toClients", search: { tab: "clients" }, needs: "group:read" },
  standsStill: { label: "toClients", search: { tab: "clients" }, needs: "group:read" },
  nobodySubscribes: { label: "toSubscriptions", search: { tab: "subscriptions" }, needs: "group:read" },
  leftOut: { label: "toSubscriptions", search: { tab: "subscriptions" }, needs: "group:read" },
  subscriptionsUntold: { label: "toSubscriptions", search: { tab: "subscriptions" }, needs: "group:read" },
  subscriptionsDiffer: { label: "toSubscriptions", search: { tab: "subscriptions" }, needs: "group:read" },
} as const satisfies Partial<Record<Evidence["kind"], object>>;
const isStep = (kind: Evidence["kind"]): kind is keyof typeof steps => kind in steps;
const isSameStep = (a: Evidence["kind"], b: Evidence["kind"]) =>
  isStep(a) && isStep(b) && steps[a].label === steps[b].label;

/** Where somebody may mend what a verdict rests on, or look on. */
function NextStep({ instanceId, group, of }: { instanceId: string; group: string; of: Evidence["kind"] }) {
  const t = useT("message");
  const step = isStep(of) ? steps[of] : undefined;
  const may = useCan(step?.needs ?? "group:read");
  if (step === undefined || !may) return null;
  return (
    <Link to="/instances/$instanceId/groups/$group" params={{ instanceId, group }} search={step.search}>
      {t(step.label)}
    </Link>
  );
}

/** To the copy that the group is to be given again, or gave up. */
function ToCopy({ instanceId, to, of }: { instanceId: string; to: MessagePlace; of: Evidence["kind"] }) {
  const t = useT("message");
  return (
    <Link to="/instances/$instanceId/messages/$message" params={{ instanceId, message: refOf(to) }}>
      {t(of === "deadLetter" ? "toDeadLetter" : "toRetry")}
    </Link>
  );
}
