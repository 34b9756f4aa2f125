import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { root } from "./steps.mjs";
import { readReport } from "./suites.mjs";

const SLOWEST = 10;
const LINES_OF_A_FAILURE = 12;

const ofVitest = (report) =>
  report.testResults.flatMap(({ name, message, assertionResults, status }) => {
    const file = relative(root, name);
    const unloaded = status === "failed" && assertionResults.length === 0;
    if (unloaded) return [{ file, title: "did not load", ms: 0, failures: [message] }];
    return assertionResults.map(({ fullName, duration, failureMessages }) => ({
      file,
      title: fullName,
      ms: duration ?? 0,
      failures: failureMessages,
    }));
  });

const ofSpec = ({ file, title, tests, ok }) => {
  const results = tests.flatMap((test) => test.results);
  return {
    file: `e2e/tests/${file}`,
    title,
    ms: results.reduce((sum, { duration }) => sum + duration, 0),
    failures: ok ? [] : results.flatMap(({ errors }) => errors.map(({ message }) => message)),
  };
};

const ofPlaywright = ({ suites = [], specs = [] }) => [...specs.map(ofSpec), ...suites.flatMap(ofPlaywright)];

const testsOf = (suites) =>
  suites
    .flatMap((suite) => readReport(suite) ?? [])
    .flatMap((report) => ("testResults" in report ? ofVitest(report) : ofPlaywright(report)));

/** The slowest tests of the suites that ran, slowest first, one line each. */
export const slowestTests = (suites) =>
  testsOf(suites)
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, SLOWEST)
    .map(({ file, title, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}: ${title}`);

/** The tests that failed, each with the beginning of what it said: where a run is read, its end is what is there. */
export const failedTests = (suites) =>
  testsOf(suites)
    .filter(({ failures }) => failures.length > 0)
    .flatMap(({ file, title, failures }) => [
      `  ${file}: ${title}`,
      ...failures.flatMap((failure) =>
        stripVTControlCharacters(failure ?? "")
          .split("\n")
          .slice(0, LINES_OF_A_FAILURE)
          .map((line) => `      ${line}`),
      ),
    ]);
