import { expect, test, vi } from "vitest";
import type { SignedIn } from "./signed-in.ts";
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

test("what a page asks for at once costs one lookup, of which one answer renews the cookie", async () => {
  const recent = new RecentSessions(() => 0);
  const find = vi.fn(() => Promise.resolve(who));
  const all = await Promise.all(Array.from({ length: 6 }, () => recent.get("cookie", find)));
  expect(find).toHaveBeenCalledTimes(1);
  expect(all.map((found) => found?.sessionId)).toEqual(Array.from({ length: 6 }, () => "s"));
  expect(all.filter((found) => found?.headers.has("set-cookie"))).toHaveLength(1);
});

test("each cookie has a lookup of its own", async () => {
  const recent = new RecentSessions(() => 0);
  const find = (cookie: string) => recent.get(cookie, () => Promise.resolve({ ...who, sessionId: cookie }));
  const [one, two] = await Promise.all([find("one"), find("two")]);
  expect([one?.sessionId, two?.sessionId]).toEqual(["one", "two"]);
});

test("who asks after a session was ended does not share a lookup that began before", async () => {
  const recent = new RecentSessions(() => 0);
  let answer = (_: SignedIn): void => undefined;
  const before = recent.get("cookie", () => new Promise((resolve) => (answer = resolve)));
  recent.forget();
  expect(await recent.get("cookie", () => Promise.resolve(null))).toBeNull();
  answer(who);
  await before;
  expect(await recent.get("cookie", () => Promise.resolve(null))).toBeNull();
});

test("a lookup that fails is tried again by the next", async () => {
  const recent = new RecentSessions(() => 0);
  await expect(recent.get("cookie", () => Promise.reject(new Error("disk")))).rejects.toThrow("disk");
  expect(await recent.get("cookie", () => Promise.resolve(who))).toMatchObject({ sessionId: "s" });
});
