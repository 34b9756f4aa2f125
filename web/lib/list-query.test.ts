import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { askAnew } from "./list-query.ts";

test("refreshing while the list is being asked for shows the fresh answer, not the one under way", async () => {
  const queryClient = new QueryClient();
  const queryKey = ["list"];
  let answerOld = (_: string): void => undefined;
  const old = queryClient.fetchQuery({ queryKey, queryFn: () => new Promise<string>((go) => (answerOld = go)) });
  const calledOff = expect(old).rejects.toThrow();
  const fresh = askAnew(queryClient, queryKey, () => Promise.resolve("fresh"));
  expect(await fresh).toBe("fresh");
  answerOld("cached");
  await calledOff;
  expect(queryClient.getQueryData(queryKey)).toBe("fresh");
});
