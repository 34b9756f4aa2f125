import { expect, test } from "vitest";
import { Connection } from "../instance.ts";
import { openPartOf, urlFault } from "./url.ts";

test.each([
  ["http://10.0.0.1:9090", undefined, "http://10.0.0.1:9090"],
  ["https://prometheus.example/a@b", undefined, "https://prometheus.example/a@b"],
  ["http://u:SECRET@host/", "urlWithSecret", "http://host/"],
  ["http://SECRET@host:9090/path", "urlWithSecret", "http://host:9090/path"],
  ["http://:SECRET@host/", "urlWithSecret", "http://host/"],
  ["https://host/path?token=SECRET", "urlWithSecret", "https://host/path"],
  ["http://host#SECRET", "urlWithSecret", "http://host/"],
  ["ftp://u:SECRET@host/", "url", null],
  ["u:SECRET@host", "url", null],
  ["host", "url", null],
])("a metrics endpoint %s has the fault %s, and %s of it is shown", (metricsUrl, fault, shown) => {
  expect(urlFault(metricsUrl)).toBe(fault);
  expect(openPartOf(metricsUrl)).toBe(shown);
  const parsed = Connection.safeParse({ namesrvAddrs: ["a:1"], metricsUrl });
  expect(parsed.error?.issues.map(({ message }) => message)).toEqual(fault && [fault]);
});
