import type { GroupItem, RetryPolicy } from "#contract/group.ts";
import { LagNum, NotKnown } from "../../components/backlog.tsx";
import { Num, SumNum } from "../../components/num.tsx";
import { Label, StateTag } from "../../components/state-tag.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { formatDelay, formatDelays } from "./retry-policy.ts";

/** Beside a name: what is not an ordinary group, or not the same everywhere. */
export function GroupMarks({ group }: { group: Pick<GroupItem, "kind" | "differs" | "ordered" | "pop"> }) {
  const t = useT("group");
  return (
    <>
      {group.kind === "system" ? <Label title={t("kindText.system")}>{t("kind.system")}</Label> : null}
      {group.ordered ? <Label title={t("orderedText")}>{t("ordered")}</Label> : null}
      {group.pop ? <Label title={t("popText")}>POP</Label> : null}
      {group.differs ? (
        <StateTag tone="warn" title={t("differsText")}>
          {t("differs")}
        </StateTag>
      ) : null}
    </>
  );
}

type Lagging = Pick<
  GroupItem,
  "lag" | "beyondEndQueues" | "lagUnknown" | "delayMs" | "delayAtLeast" | "pop" | "unacked" | "atLeast"
>;

/** A lag, or why there is none. */
export function Lag({ group }: { group: Lagging }) {
  const t = useT("group");
  const format = useFormat();
  const unacked =
    group.unacked === null ? t("unackedUnknown") : t("unackedIs", { n: format.number(BigInt(group.unacked)) });
  return (
    <LagNum
      of={group}
      unknown={group.lagUnknown}
      atLeast={group.atLeast}
      title={group.pop ? `${t("popText")}. ${unacked}` : undefined}
    />
  );
}

export function Delay({ group }: { group: Lagging }) {
  const t = useT("group");
  if (group.delayMs === 0) return <Num value={0} />;
  if (group.delayMs !== null)
    return <SumNum value={group.delayMs} as="duration" atLeast={group.atLeast || group.delayAtLeast} />;
  return (
    <NotKnown
      why={t(group.lag === null ? `common:backlog.unknown.${group.lagUnknown ?? "notRead"}` : "delayUnknown")}
    />
  );
}

export function Clients({ count }: { count: number | null }) {
  const t = useT("group");
  if (count === null) return <NotKnown why={t("common:backlog.unknown.notRead")} />;
  return count > 0 ? (
    <StateTag tone="good">{t("clientsOnline", { count })}</StateTag>
  ) : (
    <StateTag tone="off">{t("offline")}</StateTag>
  );
}

/** How it is, by the worst that is found of it, else by who is online. */
export function Verdict({ group }: { group: Pick<GroupItem, "finding" | "clients" | "brokers"> }) {
  const t = useT(["group", "finding"]);
  const { finding, clients, brokers } = group;
  if (finding !== null && finding.level !== "info")
    return (
      <StateTag tone={finding.level === "critical" ? "bad" : "warn"} title={t(`finding:rule.${finding.rule}`)}>
        {t(`finding:verdict.${finding.rule}`)}
      </StateTag>
    );
  if (clients === null) return <NotKnown why={t("common:backlog.unknown.notRead")} />;
  if (brokers.some(({ consumeEnable }) => !consumeEnable)) return <ConsumeState group={group} />;
  if (finding?.rule === "isBehind") return <StateTag tone="info">{t("finding:verdict.isBehind")}</StateTag>;
  if (clients > 0) return <StateTag tone="good">{t("consuming")}</StateTag>;
  return <StateTag tone="off">{t("offline")}</StateTag>;
}

export function useModelWord(): (model: string | null) => string {
  const t = useT("group");
  return (model) => (model === null ? "–" : t(`models.${model}`, { defaultValue: model }));
}

export function useConsumeTypeWord(): (type: string | null) => string {
  const t = useT("group");
  return (type) => (type === null ? "–" : t(`consumeType.${type}`, { defaultValue: type }));
}

export function usePolicyWord(): (policy: RetryPolicy | null) => string {
  const t = useT("group");
  return (policy) => {
    if (policy === null) return t("policy.notKept");
    if (policy.type === "default") return t("policy.default");
    if (policy.type === "custom") return formatDelays(policy.delays);
    const { initial, max, multiplier } = policy;
    return t("policy.exponentialShort", { initial: formatDelay(initial), max: formatDelay(max), multiplier });
  };
}

/** Whether all brokers let it consume; a mixture is worth a word, and of no broker nothing is known. */
export function ConsumeState({ group }: { group: Pick<GroupItem, "brokers"> }) {
  const t = useT("group");
  if (group.brokers.length === 0) return null;
  const enabled = group.brokers.filter(({ consumeEnable }) => consumeEnable);
  if (enabled.length === group.brokers.length) return <StateTag tone="good">{t("consumeOn")}</StateTag>;
  if (enabled.length === 0) return <StateTag tone="warn">{t("consumeOff")}</StateTag>;
  const off = group.brokers.filter(({ consumeEnable }) => !consumeEnable).map(({ brokerName }) => brokerName);
  return (
    <StateTag tone="warn" title={t("consumeOffAt", { brokers: off.join(", ") })}>
      {t("consumePartly")}
    </StateTag>
  );
}
