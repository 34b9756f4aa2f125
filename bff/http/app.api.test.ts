import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { urlToHttpOptions } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { isProcedure } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { contract } from "#contract/contract.ts";
import { UPLOAD_MAX } from "#contract/rules/limits.ts";
import { JSON_MAX, UPLOADS_AT_ONCE } from "./middleware/body.ts";
import { createRouter } from "./router.ts";
import { startTestServer, TEST_ADMIN, type TestServer } from "../testing/start-test-server.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let webDir: string;
let server: TestServer;
beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), "rocketdeck-web-"));
  await mkdir(join(webDir, "assets"));
  await writeFile(join(webDir, "index.html"), "<!doctype html><title>page</title>");
  await writeFile(join(webDir, "assets/app-1234.js"), "plain");
  await writeFile(join(webDir, "assets/app-1234.js.br"), brotliCompressSync("small"));
  server = await startTestServer({ webDir, metricsToken: "a-token-for-tests" });
});
afterAll(async () => {
  await server.stop();
  await rm(webDir, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers });
const post = (path: string, headers: Record<string, string>, body = '{"json":{}}') =>
  fetch(server.url + path, {
    method: "POST",
    headers: { cookie: server.cookie, "content-type": "application/json", ...headers },
    body,
  });

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const namesOf = (table: object) => Object.keys(table).toSorted();

test("the router has the domains of the contract and implements every row of each", () => {
  const router = Object.entries(createRouter(server.deps));
  expect(router.map(([domain]) => domain).toSorted()).toEqual(namesOf(contract));
  for (const [domain, handlers] of router) {
    const rows = Object.entries(contract).find(([name]) => name === domain)?.[1] ?? {};
    expect(namesOf(handlers), domain).toEqual(namesOf(rows));
    for (const handler of Object.values(handlers)) expect(isProcedure(handler)).toBe(true);
  }
});

test("only health, the pages and the session's rows are open", async () => {
  expect((await get("/healthz")).status).toBe(200);
  expect(await (await get("/readyz")).json()).toEqual({ status: "ready" });
  for (const path of ["/metrics", "/api/openapi.json", "/api/docs", "/api/jobs"]) {
    expect((await get(path)).status, path).toBe(401);
  }
});

test("metrics are read with the token or a session", async () => {
  expect((await get("/metrics", { authorization: "Bearer wrong" })).status).toBe(401);
  const text = await (await get("/metrics", { authorization: "Bearer a-token-for-tests" })).text();
  expect(text).toContain("process_resident_memory_bytes");
  expect((await get("/metrics", { cookie: server.cookie })).status).toBe(200);
});

test("the specification tells every row, as JSON and as a page without scripts", async () => {
  const spec = await (await get("/api/openapi.json", { cookie: server.cookie })).json();
  expect(Object.keys(spec.paths)).toEqual(expect.arrayContaining(["/jobs", "/session", "/instances"]));
  const page = await get("/api/docs", { cookie: server.cookie });
  const html = await page.text();
  expect(html).toContain("/api/jobs/{jobId}/cancel");
  expect(html).not.toContain("<script");
});

test("a page of another origin cannot write, whatever way it names itself", async () => {
  const write = (headers: Record<string, string>) => post("/api/rpc/job/list", headers).then((r) => r.status);
  expect(await write({})).toBe(200);
  expect(await write({ origin: server.url })).toBe(200);
  expect(await write({ origin: "http://evil.example" })).toBe(403);
  expect(await write({ origin: "null" })).toBe(403);
  const answer = await post("/api/session", { origin: "http://evil.example" }, JSON.stringify(TEST_ADMIN));
  expect(await answer.json()).toMatchObject({ code: "FOREIGN_ORIGIN", status: 403 });
});

test("no method but the row's own does what a row does", async () => {
  const { client, cookie } = await server.signIn(TEST_ADMIN.username, TEST_ADMIN.password);
  for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "PROPFIND"]) {
    for (const path of ["/api/rpc/session/signOut", "/api/session"]) {
      const { status } = await fetch(server.url + path, { method, headers: { cookie } });
      if (path !== "/api/session" || method !== "GET") expect(status, `${method} ${path}`).toBe(404);
      expect((await client.session.get()).user?.username, `${method} ${path}`).toBe("admin");
    }
  }
});

test("a page that came without TLS cannot write to a console that has it", async () => {
  const secure = await startTestServer({ publicUrl: "https://console.example" });
  const { url, cookie } = secure;
  const write = (origin: string) => {
    const headers = { "content-type": "application/json", host: "console.example", cookie, origin };
    return send(headers, [Buffer.from('{"json":{}}')], { url });
  };
  expect(await write("https://console.example")).toBe(200);
  expect(await write("http://console.example")).toBe(403);
  expect(await write(url)).toBe(403);
  await secure.stop();
});

test("with a public address nothing but its name is answered, though machines may ask how the console is by any", async () => {
  const secure = await startTestServer({ publicUrl: "https://console.example", metricsToken: "a-token-for-tests" });
  const { url, cookie } = secure;
  const ask = (host: string, path: string, more: Record<string, string> = {}) =>
    send({ host, cookie, "content-type": "application/json", ...more }, [], { url, path, method: "GET" });
  for (const path of ["/", "/api/jobs", "/api/session", "/api/docs"]) {
    // There are no pages before they are built.
    const answers = path === "/" ? [200, 404] : [200];
    expect(answers, path).toContain(await ask("console.example", path));
    expect(answers, path).toContain(await ask("console.example:443", path));
    for (const host of ["evil.example", "127.0.0.1", "localhost:8080", "console.example.evil.example"]) {
      expect(await ask(host, path), `${host} ${path}`).toBe(421);
    }
  }
  const answer = await fetch(`${url}/api/session`);
  expect(await answer.text()).toContain("https://console.example");
  for (const path of ["/healthz", "/readyz"]) expect(await ask("10.1.2.3:8080", path), path).toBe(200);
  expect(await ask("collector", "/metrics", { authorization: "Bearer a-token-for-tests" })).toBe(200);
  expect(await ask("evil.example", "/metrics", { cookie: "" })).toBe(401);
  await secure.stop();
});

/** Sends what `fetch` would not: headers of its own, a path as it is, a body in pieces. */
function send(
  headers: Record<string, string>,
  pieces: Iterable<Buffer>,
  { url = server.url, path = "/api/rpc/job/list", method = "POST" } = {},
): Promise<number | string> {
  return new Promise((resolve) => {
    const req = request({ ...urlToHttpOptions(new URL(url)), path, method, headers }, (res) => {
      res.resume();
      resolve(res.statusCode ?? "no status");
    });
    req.on("error", () => resolve("cut"));
    Readable.from(pieces).pipe(req);
  });
}

test("a cross-site request without an origin is refused", async () => {
  expect(await send({ "content-type": "application/json", "sec-fetch-site": "cross-site" }, [Buffer.from("{}")])).toBe(
    403,
  );
});

test("bodies that a plain form can send are refused", async () => {
  for (const type of ["application/x-www-form-urlencoded", "text/plain"]) {
    expect((await post("/api/rpc/job/list", { "content-type": type })).status).toBe(400);
  }
});

test("a body that is broken or too large is said to be so", async () => {
  expect(await (await post("/api/rpc/job/list", {}, "{")).json()).toMatchObject({ json: { code: "BAD_REQUEST" } });
  const large = await post("/api/rpc/job/list", {}, `"${"x".repeat(JSON_MAX)}"`);
  expect(large.status).toBe(413);
  const data = { params: { max: JSON_MAX } };
  expect(await large.json()).toMatchObject({ json: { code: "PAYLOAD_TOO_LARGE", data } });
});

const MIB = 1024 * 1024;

/** A hundred pieces of 1 MiB, and how many of them were taken. */
function hundredMib(head = "", tail = "") {
  const taken = { pieces: 0 };
  function* pieces() {
    yield Buffer.from(head);
    for (; taken.pieces < 100; taken.pieces += 1) yield Buffer.alloc(MIB, "x");
    yield Buffer.from(tail);
  }
  return { taken, pieces: pieces() };
}

const FORM_HEAD =
  '--b\r\ncontent-disposition: form-data; name="file"; filename="f.csv"\r\ncontent-type: text/csv\r\n\r\n';
const FORM_TAIL = "\r\n--b--\r\n";
const uploads = [
  ["a call", "/api/rpc/topicImport/check", "application/json", "", ""],
  ["a file over REST", "/api/instances/i/topic-imports", "multipart/form-data; boundary=b", FORM_HEAD, FORM_TAIL],
  ["a file in a call", "/api/rpc/topicImport/check", "multipart/form-data; boundary=b", FORM_HEAD, FORM_TAIL],
] as const;

describe.each(uploads)("%s of 100 MB", (_, path, type, head, tail) => {
  test("is refused before it is read when it tells its length", async () => {
    const { taken, pieces } = hundredMib(head, tail);
    const length = String(100 * MIB + head.length + tail.length);
    const headers = { "content-type": type, "content-length": length, cookie: server.cookie };
    expect([413, "cut"]).toContain(await send(headers, pieces, { path }));
    expect(taken.pieces).toBeLessThan(20);
  });

  test("is cut at the limit when it does not", async () => {
    const { taken, pieces } = hundredMib(head, tail);
    expect([413, "cut"]).toContain(await send({ "content-type": type, cookie: server.cookie }, pieces, { path }));
    expect(taken.pieces).toBeLessThan(60);
    expect((await get("/healthz")).status).toBe(200);
  });

  test("is not read at all from somebody unknown", async () => {
    const { taken, pieces } = hundredMib(head, tail);
    expect([401, "cut"]).toContain(await send({ "content-type": type }, pieces, { path }));
    expect(taken.pieces).toBeLessThan(20);
  });
});

/** Sends so many bytes in pieces, and tells the problem that is answered. */
function problemFor(path: string, type: string, bytes: number, { head = "", tail = "", tellsLength = true } = {}) {
  function* pieces() {
    yield Buffer.from(head);
    for (let left = bytes; left > 0; left -= MIB) yield Buffer.alloc(Math.min(left, MIB), "x");
    yield Buffer.from(tail);
  }
  const length = { "content-length": String(head.length + bytes + tail.length) };
  const headers = { "content-type": type, cookie: server.cookie, ...(tellsLength ? length : {}) };
  return new Promise<string>((resolve) => {
    const answered = (status: number | undefined, body: string) => {
      const code = /[A-Z]+(_[A-Z]+)+|BAD_REQUEST/.exec(body)?.[0] ?? "";
      resolve(`${status} ${code} ${/"max":(\d+)/.exec(body)?.[1] ?? ""}`);
    };
    const req = request({ ...urlToHttpOptions(new URL(server.url)), path, method: "POST", headers }, (res) => {
      res.toArray().then(
        (chunks) => answered(res.statusCode, Buffer.concat(chunks).toString()),
        (error: unknown) => resolve(String(error)),
      );
    });
    req.on("error", (error) => resolve(String(error)));
    Readable.from(pieces()).pipe(req);
  });
}

test.each([true, false])(
  "only a row that takes a file may be sent more than 1 MB, told in advance: %s",
  async (tellsLength) => {
    const form = { head: FORM_HEAD, tail: FORM_TAIL, tellsLength };
    const multipart = "multipart/form-data; boundary=b";
    const tooLarge = `413 PAYLOAD_TOO_LARGE ${JSON_MAX}`;
    for (const path of [
      "/api/rpc/dialTest/planProduce",
      "/api/rpc/x/../dialTest/planProduce/",
      "/api/instances/i/dial-test-plans/produce",
    ]) {
      expect(await problemFor(path, "application/json", 2 * MIB, { tellsLength }), path).toBe(tooLarge);
      expect(await problemFor(path, multipart, 2 * MIB, form), path).toBe(tooLarge);
    }
    for (const path of [
      "/api/rpc/topicImport/check",
      "/api/instances/i/topic-imports",
      "/api/x/%2e%2e/instances/i/topic-imports/",
    ]) {
      expect(await problemFor(path, multipart, 2 * MIB, form), path).not.toContain("413");
      expect(await problemFor(path, multipart, 25 * MIB, form), path).toBe(`413 PAYLOAD_TOO_LARGE ${UPLOAD_MAX}`);
    }
  },
);

test("at most four uploads are taken at once, and their places are free again when they end", async () => {
  const path = "/api/rpc/topicImport/check";
  const headers = { "content-type": "multipart/form-data; boundary=b", cookie: server.cookie };
  const stalled = Array.from({ length: UPLOADS_AT_ONCE }, () => {
    const req = request({ ...urlToHttpOptions(new URL(server.url)), path, method: "POST", headers });
    req.on("error", () => undefined).write(FORM_HEAD);
    return req;
  });
  const upload = () => problemFor(path, headers["content-type"], 2 * MIB, { head: FORM_HEAD, tail: FORM_TAIL });
  await vi.waitUntil(async () => (await upload()) === `503 TOO_MANY_UPLOADS ${UPLOADS_AT_ONCE}`, { timeout: 30_000 });
  expect((await get("/healthz")).status).toBe(200);
  expect(await problemFor(path, headers["content-type"], 1000, { head: FORM_HEAD, tail: FORM_TAIL })).not.toContain(
    "503",
  );
  for (const req of stalled) req.destroy();
  await vi.waitUntil(async () => !(await upload()).includes("503"), { timeout: 30_000 });
});

test("somebody unknown may send no more than a sign-in takes", async () => {
  for (const length of [20_000, 900_000]) {
    const body = JSON.stringify({ ...TEST_ADMIN, password: "x".repeat(length) });
    const answer = await post("/api/session", { cookie: "" }, body);
    expect(await answer.json()).toMatchObject({ code: "UNAUTHORIZED" });
  }
});

test("guesses are counted however the path of the sign-in is written", async () => {
  const limited = await startTestServer();
  const body = Buffer.from(JSON.stringify({ username: "nobody", password: "wrong" }));
  const headers = { "content-type": "application/json", "content-length": String(body.length) };
  const spellings = ["session", "session/", "x/%2e%2e/session", "x/../session", "session", "./session"];
  const statuses: unknown[] = [];
  for (const path of spellings) statuses.push(await send(headers, [body], { url: limited.url, path: `/api/${path}` }));
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  await limited.stop();
});

test("pages are strict about scripts and tell nothing of the server", async () => {
  const page = await get("/instances/1/topics?page=2");
  expect(await page.text()).toContain("<title>page</title>");
  expect(page.headers.get("cache-control")).toBe("no-cache");
  expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
  expect(page.headers.get("x-frame-options")).toBe("DENY");
  expect(page.headers.get("permissions-policy")).toContain("camera=()");
  expect(page.headers.get("x-powered-by")).toBeNull();
});

test("assets come compressed and for ever, and a missing one is no page", async () => {
  const asset = await get("/assets/app-1234.js", { "accept-encoding": "br" });
  expect(asset.headers.get("content-encoding")).toBe("br");
  expect(asset.headers.get("content-type")).toContain("text/javascript");
  expect(asset.headers.get("cache-control")).toContain("immutable");
  expect(await asset.text()).toBe("small");
  expect(await (await get("/assets/app-1234.js", { "accept-encoding": "identity" })).text()).toBe("plain");
  const missing = await get("/assets/gone.js");
  expect(missing.status).toBe(404);
  expect((await get("/assets/..%2f..%2fsecret.key")).status).toBe(404);
});

test("an unknown path of the API is a problem, not a page", async () => {
  const response = await get("/api/nothing");
  expect(response.status).toBe(404);
  const requestId = response.headers.get("x-request-id");
  expect(requestId).toMatch(UUID);
  expect(await response.json()).toMatchObject({ code: "NOT_FOUND", data: { requestId } });
});

test("the id of a request is the console's own, in the answer and the audit, whatever id a stranger sends", async () => {
  const headers = { "x-request-id": "of-a-stranger", origin: "http://evil.example" };
  const response = await post("/api/rpc/job/list", headers);
  const requestId = response.headers.get("x-request-id");
  expect(requestId).toMatch(UUID);
  expect(await response.json()).toMatchObject({ json: { code: "FOREIGN_ORIGIN", data: { requestId } } });
  const { items } = await server.deps.audit.list({ page: 1, pageSize: 1 });
  expect(items).toMatchObject([{ outcome: "FOREIGN_ORIGIN", requestId }]);
});

test("an instance that the configuration names is there after the start, with the addresses of the last start", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-preset-"));
  const preset = { presetName: "Demo", presetProxy: [], presetProxyRemoting: [], dataDir };
  await (await startTestServer({ ...preset, presetNamesrv: ["127.0.0.1:1"] })).stop();
  const again = await startTestServer({ ...preset, presetNamesrv: ["127.0.0.1:2"] });
  const rows = await again.deps.db.selectFrom("instance").selectAll().execute();
  expect(rows).toMatchObject([{ name: "Demo", namesrvAddrs: '["127.0.0.1:2"]' }]);
  await again.stop();
  await rm(dataDir, { recursive: true });
});
