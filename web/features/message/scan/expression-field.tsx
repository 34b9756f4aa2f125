import { useQuery } from "@tanstack/react-query";
import { AutoComplete, Input } from "antd";
import { SCAN_EXPRESSION_MAX } from "#contract/rules/scan.ts";
import { Field } from "../../../components/field.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import { useSettled } from "../../../lib/settled.ts";
import { completionsOf } from "./completion.ts";

/** Examples of filters, from short to long. */
const EXAMPLES = [
  'tag == "paid"',
  '"order-17" in keys',
  'props["region"] == "eu"',
  'body.text.contains("timeout")',
  "body.json.user.id == 42",
  "size > 100000",
];

/** What is wrong with the expression, once it rests; null: nothing; undefined: nobody said yet. */
export function useExpressionFault(instanceId: string, typed: string) {
  const expression = useSettled(typed);
  const check = useQuery(
    api.scan.check.queryOptions({
      input: { instanceId, expression },
      enabled: expression.trim() !== "",
      staleTime: Number.POSITIVE_INFINITY,
    }),
  );
  if (typed.trim() === "") return null;
  return typed === expression ? check.data?.fault : undefined;
}

interface ExpressionFieldProps {
  value: string;
  onChange: (expression: string) => void;
  fault: ReturnType<typeof useExpressionFault>;
}

/** A filter in CEL, completed and checked as it is typed. */
export function ExpressionField({ value, onChange, fault }: ExpressionFieldProps) {
  const t = useT("scan");
  const what = value.slice(fault?.start, fault?.end);
  const said =
    fault === null || fault === undefined
      ? undefined
      : t(`fault.${fault.key === "token" && what === "" ? "unfinished" : fault.key}`, {
          at: fault.start + 1,
          what,
          detail: fault.detail,
        });
  return (
    <div className="rd-scan-expression">
      <Field label={t("filter")} hint={value.trim() === "" ? t("filterHint") : t("filterMissing")} fault={said}>
        {(control) => (
          <AutoComplete
            className="rd-scan-filter"
            value={value}
            onChange={(typed?: string) => onChange(typed ?? "")}
            defaultActiveFirstOption={false}
            options={completionsOf(value).map(({ value: whole, label, type }) => ({
              value: whole,
              label: (
                <span className="rd-scan-offer">
                  <span className="rd-mono">{label}</span>
                  <span className="rd-quiet">{type ?? t("function")}</span>
                </span>
              ),
            }))}
          >
            <Input.TextArea
              {...control}
              className="rd-mono"
              autoSize={{ minRows: 1, maxRows: 6 }}
              maxLength={SCAN_EXPRESSION_MAX}
              spellCheck={false}
              status={said === undefined ? "" : "error"}
              placeholder={EXAMPLES[0]}
            />
          </AutoComplete>
        )}
      </Field>
      <p className="rd-scan-examples">
        <span className="rd-quiet">{t("examples")}</span>
        {EXAMPLES.map((example) => (
          <button key={example} type="button" className="rd-mono" onClick={() => onChange(example)}>
            {example}
          </button>
        ))}
      </p>
    </div>
  );
}
