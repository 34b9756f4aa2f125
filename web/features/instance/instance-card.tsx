import type { ReactNode } from "react";
import type { InstanceHealth, InstanceItem } from "#contract/instance.ts";
import { NotKnown } from "../../components/backlog.tsx";
import { Copyable } from "../../components/copyable.tsx";
import { InstanceStateTag } from "../../components/instance-state.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { InstanceLink } from "../../components/links.tsx";
import { Num, SumNum } from "../../components/num.tsx";
import { StateTag } from "../../components/state-tag.tsx";
import { Time } from "../../components/time.tsx";
import { useNow } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { InstanceFindings } from "./instance-findings.tsx";
import { TagList } from "./instance-tags.tsx";

/** An instance in a few words and figures, where there are but a few. */
export function InstanceCard({ instance, actions }: { instance: InstanceItem; actions: ReactNode }) {
  const t = useT("instance");
  return (
    <article className="rd-instance-card" aria-label={instance.name}>
      <header>
        <h2>
          <InstanceLink instance={instance} />
        </h2>
        <InstanceStateTag state={instance.state} />
        <TagList tags={instance.tags} />
        <span className="rd-instance-card-actions">{actions}</span>
      </header>
      <InstanceFindings instance={instance} />
      {instance.health === null ? null : <Health instance={instance} health={instance.health} />}
      <footer className="rd-quiet">
        <span title={t("field.version")}>{instance.version === null ? "–" : `RocketMQ ${instance.version}`}</span>
        <Copyable value={instance.id} />
      </footer>
    </article>
  );
}

function Health({ instance, health }: { instance: InstanceItem; health: InstanceHealth }) {
  const t = useT(["instance", "overview"]);
  const { disk, down } = health;
  const rate = (value: number | null) => <SumNum value={value} as="rate" atLeast={down !== 0} />;
  return (
    <KeyFacts
      facts={[
        {
          label: t("overview:figure.lag"),
          title: t("overview:why.lag"),
          value: <Lag health={health} />,
        },
        {
          label: t("overview:figure.produceTps"),
          title: t("overview:why.produceTps"),
          value: rate(health.produceTps),
        },
        {
          label: t("overview:figure.consumeTps"),
          title: t("overview:why.consumeTps"),
          value: rate(health.consumeTps),
        },
        {
          label: t("health.disk"),
          title: t("health.diskText"),
          value:
            disk === null ? (
              "–"
            ) : (
              <>
                <Num value={disk.ratio} as="percent" />{" "}
                <span className="rd-quiet">{`${disk.brokerName}:${disk.brokerId}`}</span>
              </>
            ),
        },
        { label: t("field.brokers"), value: <Brokers instance={instance} health={health} /> },
      ]}
    />
  );
}

/** A sum that is older than this is told with its age: a large cluster that nobody looks at is swept seldom. */
const YOUNG_MS = 120_000;

function Lag({ health: { lag, neverConsumed, lagAtLeast, lagAt } }: { health: InstanceHealth }) {
  const t = useT(["instance", "overview"]);
  const now = useNow(10_000);
  if (lag === null) return <NotKnown why={t("health.lagUnknown")} />;
  return (
    <>
      <SumNum value={lag} atLeast={lagAtLeast} />
      {neverConsumed === null || neverConsumed === "0" ? null : (
        <span className="rd-backlog-more" title={t("common:backlog.neverConsumedText")}>
          {" "}
          + <SumNum value={neverConsumed} atLeast={lagAtLeast} /> {t("overview:neverConsumed")}
        </span>
      )}
      {lagAt === null || now - lagAt < YOUNG_MS ? null : (
        <span className="rd-quiet">
          {" "}
          <Time at={lagAt} relative />
        </span>
      )}
    </>
  );
}

function Brokers({
  instance: { masters, slaves },
  health: { up, down },
}: {
  instance: InstanceItem;
  health: InstanceHealth;
}) {
  const t = useT("instance");
  if (up === null || down === null) return <NotKnown why={t("health.brokersUnknown")} />;
  const title = masters === null || slaves === null ? undefined : t("brokersOf", { masters, slaves });
  if (down === 0) return <span title={title}>{t("health.up", { count: up })}</span>;
  return (
    <span title={title}>
      {t("health.up", { count: up })}, <StateTag tone="bad">{t("health.down", { count: down })}</StateTag>
    </span>
  );
}
