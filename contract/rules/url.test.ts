import { expect, test } from "vitest";
import { Connection } from "../instance.ts";
import { urlFault } from "./url.ts";

test.each([
  ["http://10.0.0.1:9090", undefined],
  ["https://prometheus.example/path?x=a@b", undefined],
  ["http://u:SECRET@host/", "urlWithPassword"],
  ["http://token@host/", "urlWithPassword"],
  ["http://:SECRET@host/", "urlWithPassword"],
  ["ftp://host/", "url"],
  ["host", "url"],
])("a metrics endpoint %s has the fault %s", (metricsUrl, fault) => {
  expect(urlFault(metricsUrl)).toBe(fault);
  const parsed = Connection.safeParse({ namesrvAddrs: ["a:1"], metricsUrl });
  expect(parsed.error?.issues.map(({ message }) => message)).toEqual(fault && [fault]);
});
