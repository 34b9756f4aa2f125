import { Select, Switch } from "antd";
import type { ConnectionReport, Instance } from "#contract/instance.ts";
import { Field } from "../../components/field.tsx";
import { TextField } from "../../components/text-field.tsx";
import { useT } from "../../lib/i18n.ts";
import type { ConnectionDraft, DraftFaults } from "./connection-draft.ts";

interface ConnectionFieldsProps {
  draft: ConnectionDraft;
  onChange: (part: Partial<ConnectionDraft>) => void;
  /** Faults to show; fields that nobody touched yet show none. */
  faults: DraftFaults;
  /** What the last test found, for the choice of a cluster. */
  report?: ConnectionReport;
  /** The instance that is being changed. */
  stored?: Instance;
}

type FieldsProps = Pick<ConnectionFieldsProps, "draft" | "onChange" | "faults">;
type TextKey = Exclude<keyof ConnectionDraft, "tls" | "tlsVerify" | "clusterName">;

function useTextFields({ draft, onChange, faults }: FieldsProps) {
  const t = useT("instance");
  return (key: TextKey) => {
    const fault = faults[key];
    return {
      label: t(`field.${key}`),
      value: draft[key],
      onChange: (value: string) => onChange({ [key]: value }),
      fault: fault === undefined ? undefined : t(`fault.${fault.key}`, { value: fault.value ?? "" }),
      mono: true,
    };
  };
}

/** Addresses that no connection test needs. */
export function FurtherFields({ stored, ...props }: FieldsProps & Pick<ConnectionFieldsProps, "stored">) {
  const t = useT("instance");
  const text = useTextFields(props);
  return (
    <>
      <h3>{t("section.proxy")}</h3>
      <TextField {...text("proxy")} rows={1} placeholder="10.0.0.1:8081" hint={t("hint.proxy")} />
      <TextField {...text("proxyRemoting")} rows={1} placeholder="10.0.0.1:8080" hint={t("hint.proxyRemoting")} />
      <TextField
        {...text("metricsUrl")}
        placeholder="http://10.0.0.1:9090"
        hint={t(stored?.hasMetricsSecret ? "hint.metricsSecret" : "hint.metricsUrl")}
      />
    </>
  );
}

/** What a connection test needs: name servers, keys, encryption. */
export function ConnectionFields({ draft, onChange, faults, report, stored }: ConnectionFieldsProps) {
  const t = useT("instance");
  const text = useTextFields({ draft, onChange, faults });
  return (
    <>
      <TextField {...text("namesrv")} rows={2} placeholder="10.0.0.1:9876" hint={t("hint.namesrv")} />
      {report !== undefined && (report.clusters.length > 1 || draft.clusterName !== "") ? (
        <Field label={t("field.cluster")} hint={t("hint.cluster")}>
          {(control) => (
            <Select
              {...control}
              value={draft.clusterName === "" ? undefined : draft.clusterName}
              placeholder={t("hint.chooseCluster")}
              allowClear={report.clusters.length === 1}
              options={report.clusters.map((value) => ({ value, label: value }))}
              onChange={(value: string | undefined) => onChange({ clusterName: value ?? "" })}
            />
          )}
        </Field>
      ) : null}
      <h3>{t("section.acl")}</h3>
      <TextField {...text("accessKey")} hint={t("hint.accessKey")} />
      <TextField
        {...text("secretKey")}
        password
        hint={stored?.hasSecret ? t("hint.secretKept") : t("hint.secretKey")}
      />
      <h3>{t("section.tls")}</h3>
      <label className="rd-switch-line">
        <Switch size="small" checked={draft.tls} onChange={(tls) => onChange({ tls })} aria-label={t("field.tls")} />
        {t("field.tls")}
      </label>
      {draft.tls ? (
        <>
          <label className="rd-switch-line">
            <Switch
              size="small"
              checked={draft.tlsVerify}
              onChange={(tlsVerify) => onChange({ tlsVerify })}
              aria-label={t("field.tlsVerify")}
            />
            {t("field.tlsVerify")}
          </label>
          <TextField
            {...text("tlsCa")}
            rows={3}
            placeholder="-----BEGIN CERTIFICATE-----"
            hint={stored?.hasTlsCa ? t("hint.caKept") : t("hint.tlsCa")}
          />
        </>
      ) : null}
    </>
  );
}
