import { useQuery } from "@tanstack/react-query";
import { Button, Input, Segmented } from "antd";
import { useState } from "react";
import type { WouldMatch } from "#contract/scan.ts";
import { ErrorState } from "../../../components/error-state.tsx";
import { Field, FieldGroup } from "../../../components/field.tsx";
import { StateTag } from "../../../components/state-tag.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import type { MessagePartProps } from "../message-parts.ts";
import "./scan.css";

type Type = "TAG" | "SQL92";
const tones = { match: "good", noMatch: "off", refused: "bad", unknown: "unknown" } as const;

/** Whether a subscription would take this message, asked of its broker. */
export function WouldMatchSection({ instanceId, detail }: MessagePartProps) {
  const t = useT("scan");
  const [type, setType] = useState<Type>("TAG");
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState<{ type: Type; expression: string }>();
  const { topic, brokerName, queueId, queueOffset } = detail;
  const place = { instanceId, topic, brokerName, queueId, queueOffset };
  const tried = useQuery(
    api.scan.wouldMatch.queryOptions({
      input: { ...place, type: asked?.type ?? "TAG", expression: asked?.expression ?? "*" },
      enabled: asked !== undefined,
      staleTime: 0,
      retry: false,
    }),
  );
  const expression = typed.trim();
  return (
    <section aria-labelledby="rd-would-match">
      <h2 id="rd-would-match">{t("would.title")}</h2>
      <form
        className="rd-scan-would"
        onSubmit={(event) => {
          event.preventDefault();
          if (expression === "") return;
          if (asked?.type === type && asked.expression === expression) void tried.refetch();
          else setAsked({ type, expression });
        }}
      >
        <FieldGroup label={t("would.type")}>
          <Segmented<Type> value={type} options={["TAG", "SQL92"]} onChange={setType} />
        </FieldGroup>
        <Field label={t("would.expression")}>
          {(control) => (
            <Input
              {...control}
              className="rd-mono"
              value={typed}
              maxLength={2000}
              spellCheck={false}
              placeholder={type === "TAG" ? "paid || open" : "region = 'eu' AND amount > 10"}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <Button htmlType="submit" disabled={expression === ""} loading={tried.isFetching}>
          {t("would.ask")}
        </Button>
      </form>
      {tried.error === null ? null : <ErrorState error={tried.error} inline onRetry={() => void tried.refetch()} />}
      {tried.data === undefined || asked === undefined ? null : <Verdict told={tried.data} asked={asked} />}
    </section>
  );
}

function Verdict({ told, asked }: { told: WouldMatch; asked: { type: Type; expression: string } }) {
  const t = useT("scan");
  const { verdict, byHashOnly, remark, brokerName } = told;
  const unread = verdict === "refused" && remark === null;
  const why = unread ? "unread" : byHashOnly ? "hash" : verdict === "match" && asked.type === "TAG" ? "tag" : verdict;
  return (
    <p role="status" className="rd-scan-verdict">
      <StateTag tone={tones[verdict]}>{t(`would.${verdict}`)}</StateTag>{" "}
      <span className="rd-mono">{`${asked.type} ${asked.expression}`}</span>{" "}
      <span className="rd-quiet">{t(`would.why.${why}`, { broker: brokerName, remark: remark ?? "–" })}</span>
    </p>
  );
}
