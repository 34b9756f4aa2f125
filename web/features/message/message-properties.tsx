import type { MessageDetail } from "#contract/message.ts";
import { Copyable } from "../../components/copyable.tsx";
import { useT } from "../../lib/i18n.ts";
import { visible } from "../../lib/visible.ts";

/** What the application set, then what RocketMQ itself set, with what it means. */
export function MessageProperties({ properties }: { properties: MessageDetail["properties"] }) {
  const t = useT("message");
  const own = properties.filter(({ system }) => !system);
  const system = properties.filter((property) => property.system);
  return (
    <>
      <table className="rd-message-table" aria-label={t("ownProperties")}>
        <caption>{t("ownProperties")}</caption>
        <tbody>
          {own.length === 0 ? (
            <tr>
              <td className="rd-quiet">{t("noProperties")}</td>
            </tr>
          ) : (
            own.map(({ name, value }) => <Row key={name} name={name} value={value} />)
          )}
        </tbody>
      </table>
      <table className="rd-message-table" aria-label={t("systemProperties")}>
        <caption>{t("systemProperties")}</caption>
        <tbody>
          {system.map(({ name, value }) => (
            <Row key={name} name={name} value={value} text={t(`property.${name}`, { defaultValue: "" })} />
          ))}
        </tbody>
      </table>
    </>
  );
}

const Row = ({ name, value, text }: { name: string; value: string; text?: string }) => (
  <tr>
    <th scope="row" className="rd-mono">
      {visible(name)}
    </th>
    <td className="rd-wrap">{value === "" ? "–" : <Copyable value={value} />}</td>
    {text === undefined ? null : <td className="rd-quiet">{text}</td>}
  </tr>
);
