import { join } from "node:path";
import { root, run, step } from "./steps.mjs";

const LINES_SHOWN = 400;
const tool = (name, ...args) => run(join(root, "node_modules/.bin", name), args, { lines: LINES_SHOWN });

/** The generated route tree is part of the types, so it comes first. */
const routes = ["Routes", () => run(process.execPath, [join(root, "scripts/routes.mjs")])];

const parallel = [
  ["Format", () => tool("oxfmt", "--check")],
  ["Lint", () => tool("oxlint", "--type-aware", "--deny-warnings")],
  ["Types", () => tool("tsc", "--noEmit")],
  ["Unused code", () => tool("knip", "--no-progress")],
];

/** Runs all checks, two at a time, and shows what each that failed has to say. */
export async function checks() {
  let failed = 0;
  const check = async ([title, body]) => {
    try {
      await step(title, async () => void (await body()));
    } catch (error) {
      failed += 1;
      console.log(error.message);
    }
  };
  await check(routes);
  const queue = [...parallel];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await check(next);
  };
  await Promise.all([worker(), worker()]);
  return { passed: parallel.length + 1 - failed, failed };
}
