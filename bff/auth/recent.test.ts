import { expect, test } from "vitest";
import type { SignedIn } from "./auth.ts";
import { RecentSessions } from "./recent.ts";

const who: SignedIn = {
  user: { id: "1", username: "ada", role: "administrator", actions: [], mustChangePassword: false },
  sessionId: "s",
  headers: new Headers({ "set-cookie": "renewed=1" }),
};

test("a session that was found is not looked up again for five seconds, and its cookie is renewed once", async () => {
  let now = 0;
  let lookups = 0;
  const recent = new RecentSessions(() => now);
  const find = () => {
    lookups += 1;
    return Promise.resolve(who);
  };
  expect((await recent.get("a", find))?.headers.getSetCookie()).toHaveLength(1);
  expect((await recent.get("a", find))?.headers.getSetCookie()).toHaveLength(0);
  expect(lookups).toBe(1);
  now = 5000;
  await recent.get("a", find);
  expect(lookups).toBe(2);
});

test("nobody is never remembered, and what was found while sessions changed is not kept", async () => {
  const recent = new RecentSessions(() => 0);
  expect(await recent.get("a", () => Promise.resolve(null))).toBeNull();
  await recent.get("a", () => {
    recent.forget();
    return Promise.resolve(who);
  });
  expect(await recent.get("a", () => Promise.resolve(null))).toBeNull();
  await recent.get("a", () => Promise.resolve(who));
  recent.forget();
  expect(await recent.get("a", () => Promise.resolve(null))).toBeNull();
});
