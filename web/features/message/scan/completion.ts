import { scanFunctions, scanVariables } from "#contract/rules/scan.ts";

interface Completion {
  /** The expression with it. */
  value: string;
  label: string;
  /** Its type; undefined for a function. */
  type: string | undefined;
}

const WORD = /[A-Za-z_][\w.]*$/;
const OFFERED = 8;

/** What may come at the end of what is typed. */
export function completionsOf(expression: string): Completion[] {
  const word = WORD.exec(expression)?.[0] ?? "";
  const before = expression.slice(0, expression.length - word.length);
  // Within a text nothing is offered.
  if ((before.replaceAll('\\"', "").split('"').length - 1) % 2 === 1) return [];
  // After a whole operand comes an operator, and what was offered would lie over the page.
  if (word === "" && !/(?:^|[-+*/%<>=!&|?:,([{])\s*$/.test(before)) return [];
  const names = Object.entries(scanVariables)
    .filter(([name]) => name.startsWith(word) && name !== word)
    .map(([name, type]) => ({ value: before + inserted(name), label: name, type }));
  const dot = word.lastIndexOf(".");
  const methods =
    dot === -1
      ? []
      : scanFunctions
          .filter((name) => name.startsWith(word.slice(dot + 1)) && name !== word.slice(dot + 1))
          .map((name) => ({
            value: `${before}${word.slice(0, dot + 1)}${name}(`,
            label: `${name}()`,
            type: undefined,
          }));
  return [...names, ...methods].slice(0, OFFERED);
}

const inserted = (name: string) => (name === "props" ? 'props["' : name);
