type Value = string | number | boolean | readonly string[] | undefined;

const PLAIN = /^[\w@%+=:,./-]+$/;

/** One word of a shell: names and addresses may come from a hostile peer. A control character in what is pasted would end the line before the shell sees a quote. */
const quoted = (text: string): string => {
  if (PLAIN.test(text)) return text;
  const escaped = text
    .replaceAll("'", String.raw`'\''`)
    .replaceAll(/\p{Cc}/gu, (control) => `'$'${encodeURIComponent(control).replaceAll("%", String.raw`\x`)}''`);
  return `'${escaped}'`;
};

const wordOf = (value: Exclude<Value, undefined>) => quoted(typeof value === "object" ? value.join(";") : `${value}`);

/** Where a change in the words of RocketMQ's own tool is run. */
export interface CommandTarget {
  namesrvAddrs: readonly string[];
  clusterName: string;
}

/** A change in the words of RocketMQ's own tool, so that it can be checked, kept or run by hand. */
export const mqadmin = (command: string, options: Readonly<Record<string, Value>>): string =>
  [
    `mqadmin ${command}`,
    ...Object.entries(options).flatMap(([option, value]) =>
      value === undefined ? [] : [`-${option} ${wordOf(value)}`],
    ),
  ].join(" ");
