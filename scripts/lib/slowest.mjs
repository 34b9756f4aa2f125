import { relative } from "node:path";
import { readReport } from "./suites.mjs";
import { root } from "./steps.mjs";

const SHOWN = 10;

const ofVitest = (report) =>
  report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, duration }) => ({
      file: relative(root, name),
      title: fullName,
      ms: duration ?? 0,
    })),
  );

const ofSpec = ({ file, title, tests }) => ({
  file: `e2e/tests/${file}`,
  title,
  ms: tests.flatMap(({ results }) => results).reduce((sum, { duration }) => sum + duration, 0),
});

const ofPlaywright = ({ suites = [], specs = [] }) => [...specs.map(ofSpec), ...suites.flatMap(ofPlaywright)];

/** The slowest tests of the suites that ran, slowest first, one line each. */
export function slowestTests(suites) {
  const reports = suites.flatMap((suite) => readReport(suite) ?? []);
  const tests = reports.flatMap((report) => ("testResults" in report ? ofVitest(report) : ofPlaywright(report)));
  return tests
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, SHOWN)
    .map(({ file, title, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}: ${title}`);
}
