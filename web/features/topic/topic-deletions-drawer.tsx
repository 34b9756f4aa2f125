import { useNavigate } from "@tanstack/react-router";
import { Pagination } from "antd";
import { useState } from "react";
import type { TopicDeletions } from "#contract/topic.ts";
import { Name } from "../../components/name.tsx";
import { Num } from "../../components/num.tsx";
import { FailureText, PartialStrip } from "../../components/partial-strip.tsx";
import { WriteFrame } from "../../components/resource/write-frame.tsx";
import { StateTag } from "../../components/state-tag.tsx";
import type { WritePlan } from "../../components/write-plan.tsx";
import { api, client } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import type { ChosenTopics } from "./topic-search.ts";
import { visible } from "../../lib/visible.ts";

interface DeletionsProps {
  chosen: ChosenTopics;
  onClose: () => void;
  /** Once the job has begun. */
  onStarted: () => void;
}

/** Commands that are shown; what they do is the same for the others. */
const COMMANDS = 10;

type Deletion = TopicDeletions["changes"][number];

const stays = ({ blocked }: Deletion) => blocked !== null;
const goingOf = ({ changes }: TopicDeletions) => changes.filter((plan) => !stays(plan));
const brokersOf = ({ changes }: Deletion) => changes.map(({ brokerName }) => brokerName);

/** What deleting several topics takes with it, topic by topic; those that must not go are left out. */
export function TopicDeletionsDrawer({ chosen, onClose, onStarted }: DeletionsProps) {
  const t = useT("topic");
  const navigate = useNavigate();
  const { instanceId } = chosen;
  // Of what was selected some may stay, and what a filter shows may have grown since: the plan alone knows how many go.
  const words = (plan: TopicDeletions | undefined) => {
    const count = plan === undefined ? 0 : goingOf(plan).length;
    return count === 0 ? t("deleteMany.titleOpen") : t("deleteMany.title", { count });
  };
  const start = async (planId: string, plan: TopicDeletions) => {
    const { jobId } = await client.topic.deleteMany({ instanceId, planId, count: goingOf(plan).length });
    onStarted();
    await navigate({ to: "/instances/$instanceId/jobs/$jobId", params: { instanceId, jobId } });
    return { outcomes: [], undo: null };
  };
  return (
    <WriteFrame
      title={words}
      dirty={false}
      applyText={words}
      confirmName={(plan) => String(goingOf(plan).length)}
      danger
      input={chosen}
      whole
      query={(input) => api.topic.planDeleteMany.queryOptions({ input })}
      words={useWords()}
      apply={start}
      touches={api.topic.list.key()}
      onClose={onClose}
    >
      {(plan) => (
        <>
          <p>{t("deleteMany.text")}</p>
          <PartialStrip failures={plan.failures} />
          <Topics planned={[...plan.changes.filter(stays), ...goingOf(plan)]} />
        </>
      )}
    </WriteFrame>
  );
}

function useWords() {
  const t = useT("topic");
  const format = useFormat();
  return (plan: TopicDeletions): WritePlan => {
    const going = goingOf(plan);
    const lost = going.reduce((sum, { stored }) => sum + BigInt(stored ?? 0), 0n);
    const left = plan.changes.length - going.length;
    const gone = new Set(
      going.flatMap(({ warnings }) =>
        warnings.flatMap(({ key, params }) => (key === "brokersGone" ? [String(params["brokers"])] : [])),
      ),
    );
    const commands = going.flatMap((plan) => plan.commands);
    const more = commands.length - COMMANDS;
    return {
      changes:
        going.length === 0
          ? []
          : [
              { label: t("topics"), before: format.number(going.length) },
              { label: t("deleteMany.messages"), before: format.number(lost.toString()) },
            ],
      brokers: [...new Set(going.flatMap(brokersOf))].sort(),
      warnings: [
        ...(plan.more > 0 ? [t("deleteMany.beyond", { count: plan.more, n: format.number(plan.more) })] : []),
        ...(left > 0 ? [t("deleteMany.stay", { count: left })] : []),
        ...[...gone].map((brokers) => t("warning.brokersGone", { brokers })),
        ...(going.length > 0 ? [t("deleteMany.outgrown")] : []),
      ],
      blocked: going.length === 0 ? t("deleteMany.none") : undefined,
      command:
        commands.length === 0
          ? undefined
          : [...commands.slice(0, COMMANDS), ...(more > 0 ? [`# ${t("deleteMany.more", { count: more })}`] : [])].join(
              "\n",
            ),
    };
  };
}

const PAGE = 50;

function Topics({ planned }: { planned: Deletion[] }) {
  const t = useT("topic");
  const [page, setPage] = useState(1);
  const shown = Math.min(page, Math.max(1, Math.ceil(planned.length / PAGE)));
  return (
    <>
      <table className="rd-subtable rd-topic-deletions">
        <caption className="rd-visually-hidden">{t("topics")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("topic")}</th>
            <th scope="col">{t("deleteMany.messages")}</th>
            <th scope="col">{t("deleteMany.what")}</th>
          </tr>
        </thead>
        <tbody>
          {planned.slice((shown - 1) * PAGE, shown * PAGE).map((plan) => (
            <tr key={plan.topic}>
              <th scope="row" className="rd-mono">
                {visible(plan.topic)}
              </th>
              <td>
                <Num value={plan.stored} />
              </td>
              <td>
                <Fate plan={plan} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Pagination
        size="small"
        className="rd-pages"
        hideOnSinglePage
        showSizeChanger={false}
        pageSize={PAGE}
        current={shown}
        total={planned.length}
        onChange={setPage}
      />
    </>
  );
}

/** Whether a topic goes, and what forbids it or should be known before. */
function Fate({ plan }: { plan: Deletion }) {
  const t = useT(["topic", "problem"]);
  const { blocked, users, failures, routes, warnings } = plan;
  const notes = warnings.filter(({ key }) => key !== "messagesLost" && key !== "brokersGone");
  return (
    <>
      {blocked === null ? (
        <StateTag tone="bad">{t(routes.length > 0 ? "deleteMany.routeGoes" : "deleteMany.goes")}</StateTag>
      ) : (
        <StateTag tone="off" title={t(`problem:${blocked}.todo`)}>
          {t("deleteMany.stays")}
        </StateTag>
      )}
      <ul className="rd-quiet">
        {blocked === null ? null : <li>{t(`problem:${blocked}.what`)}</li>}
        {users.map((user) => (
          <li key={`${user.role} ${user.group}`}>
            {t(`user.${user.role}`, { group: user.group, count: user.clients.length })}
          </li>
        ))}
        {failures.map((failure) => (
          <li key={failure.target}>
            <Name value={failure.target} /> · <FailureText failure={failure} />
          </li>
        ))}
        {blocked === null ? notes.map(({ key, params }, n) => <li key={n}>{t(`warning.${key}`, params)}</li>) : null}
      </ul>
    </>
  );
}
