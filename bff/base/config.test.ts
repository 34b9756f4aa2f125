import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ConfigError, keys, readConfig } from "./config.ts";

const dirs: string[] = [];
function file(content: string): string {
  const dir = mkdtempSync(join(tmpdir(), "rocketdeck-config-"));
  dirs.push(dir);
  const path = join(dir, "rocketdeck.json");
  writeFileSync(path, content);
  return path;
}
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test("an empty environment gives the defaults", () => {
  const config = readConfig({});
  expect(config).toMatchObject({ host: "127.0.0.1", port: 8080, recycleDays: 15, historyHours: 24, presetNamesrv: [] });
  expect(config.adminPassword).toBeUndefined();
});

test("networks are taken in CIDR notation, and what is none is a fault", () => {
  const { allowedNetworks } = readConfig({ ROCKETDECK_ALLOWED_NETWORKS: "10.0.0.0/8, fd00::/8" });
  expect(allowedNetworks).toEqual(["10.0.0.0/8", "fd00::/8"]);
  expect(faultsOf({ ROCKETDECK_ALLOWED_NETWORKS: "10.0.0.0/40" })).toEqual([
    "ROCKETDECK_ALLOWED_NETWORKS: not a network like 10.0.0.0/8 or fd00::/8",
  ]);
});

test("the environment wins over the file", () => {
  const path = file(JSON.stringify({ port: 9000, host: "0.0.0.0", trustedOrigins: ["https://a.example"] }));
  const config = readConfig({ ROCKETDECK_CONFIG: path, ROCKETDECK_PORT: "9001" });
  expect(config).toMatchObject({ port: 9001, host: "0.0.0.0", trustedOrigins: ["https://a.example"] });
});

test("lists are split at commas, semicolons and spaces", () => {
  expect(readConfig({ ROCKETDECK_NAMESRV: "a:9876;b:9876, c:9876" }).presetNamesrv).toEqual([
    "a:9876",
    "b:9876",
    "c:9876",
  ]);
});

test("every wrong key is named at once, by the name it was given under", () => {
  const path = file(JSON.stringify({ port: "many", colour: "red" }));
  const faults = faultsOf({
    ROCKETDECK_CONFIG: path,
    ROCKETDECK_LOG_LEVEL: "loud",
    ROCKETDECK_PROT: "8080",
    ROCKETDECK_SECRET_KEY: "short",
  });
  expect(faults.map((fault) => fault.split(":")[0])).toEqual([
    "colour",
    "ROCKETDECK_PROT",
    "port",
    "ROCKETDECK_SECRET_KEY",
    "ROCKETDECK_LOG_LEVEL",
  ]);
});

test("a secret that is wrong is not repeated in the message", () => {
  expect(faultsOf({ ROCKETDECK_ADMIN_PASSWORD: "hunter2" }).join()).not.toContain("hunter2");
});

test("a secret may be in a file of its own, whose last line end is none of it", () => {
  const path = file("a secret of many words\nand a second line\n");
  expect(readConfig({ ROCKETDECK_ADMIN_PASSWORD_FILE: path }).adminPassword).toBe(
    "a secret of many words\nand a second line",
  );
  const token = file("sixteen-characters\r\n");
  expect(readConfig({ ROCKETDECK_METRICS_TOKEN_FILE: token, ROCKETDECK_METRICS_TOKEN: "" }).metricsToken).toBe(
    "sixteen-characters",
  );
  const inFile = file(JSON.stringify({ secretKey: "of the file, which the environment goes before" }));
  const key = file("k".repeat(40));
  const given = readConfig({ ROCKETDECK_CONFIG: inFile, ROCKETDECK_SECRET_KEY_FILE: key });
  expect(given.secretKey).toBe("k".repeat(40));
  const url = "postgresql://user:secret@db.example:5432/name";
  expect(readConfig({ ROCKETDECK_DATABASE_URL_FILE: file(`${url}\n`) }).databaseUrl).toBe(url);
});

test("a secret that is given twice, or in a file that cannot be read, is a fault that does not tell it", () => {
  const path = file("hunter2-of-the-file");
  expect(
    faultsOf({ ROCKETDECK_ADMIN_PASSWORD: "hunter2-of-the-variable", ROCKETDECK_ADMIN_PASSWORD_FILE: path }),
  ).toEqual(["ROCKETDECK_ADMIN_PASSWORD and ROCKETDECK_ADMIN_PASSWORD_FILE: only one of them can be given"]);
  const [missing = ""] = faultsOf({ ROCKETDECK_SECRET_KEY_FILE: `${path}.gone` });
  expect(missing).toContain(`ROCKETDECK_SECRET_KEY_FILE: ${path}.gone cannot be read: ENOENT`);
  expect(faultsOf({ ROCKETDECK_METRICS_TOKEN_FILE: file("\n") })[0]).toContain("cannot be read: it is empty");
  const [short = "", ...more] = faultsOf({ ROCKETDECK_SECRET_KEY_FILE: file("hunter2") });
  expect(more).toEqual([]);
  expect(short).toMatch(/^ROCKETDECK_SECRET_KEY_FILE: /);
  expect(short).not.toContain("hunter2");
  expect(faultsOf({ ROCKETDECK_PORT_FILE: path })).toEqual(["ROCKETDECK_PORT_FILE: no such variable"]);
});

test("a file that is no JSON object is named", () => {
  expect(faultsOf({ ROCKETDECK_CONFIG: file("[1]") })[0]).toContain("not a JSON object");
  expect(faultsOf({ ROCKETDECK_CONFIG: file("{") })[0]).toContain("cannot be read");
});

test("docs/CONFIGURATION.md tells every key", async () => {
  const defaults = new Map<string, unknown>(Object.entries(readConfig({})));
  const shown = (name: string) => {
    if (name === "dataDir") return "`.data`";
    if (name === "webDir") return "`dist/web`";
    const value = defaults.get(name);
    return value === undefined || (Array.isArray(value) && value.length === 0)
      ? ""
      : `\`${JSON.stringify(value).replaceAll('"', "")}\``;
  };
  const rows = Object.entries(keys).map(
    ([name, key]) => `| \`${key.env}\` | \`${name}\` | ${shown(name)} | ${key.about} |`,
  );
  const secrets = Object.values(keys).flatMap((key) => ("secret" in key ? [`\`${key.env}\``] : []));
  const text = `# Configuration

Each key is an environment variable, or a name in the JSON file that \`ROCKETDECK_CONFIG\` names; the environment wins.
Lists are JSON arrays in the file, and separated by commas, semicolons or spaces in the environment.
A wrong key or value is named at start, all of them at once, and the console does not start.
Secrets (${secrets.join(", ")}) may be in a file of their own instead: the variable with \`_FILE\` behind it names the file, of which a last line end is no part.

| Variable | In the file | Default | What it does |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
  await expect(text).toMatchFileSnapshot("../../docs/CONFIGURATION.md");
});
