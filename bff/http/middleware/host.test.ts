import { once } from "node:events";
import { request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, test } from "vitest";
import { refuseForeignHosts } from "./host.ts";

/** Status by the name that a console with this configuration is asked for. */
async function statuses(config: { host: string; publicUrl?: string }, hosts: readonly string[]) {
  const app = express().use(refuseForeignHosts(config), (_req, res) => void res.send("answered"));
  const server: Server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const ask = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const req = request({ host: "127.0.0.1", port, headers: { host } }, (res) => {
        res.resume();
        resolve(res.statusCode);
      });
      req.on("error", reject).end();
    });
  const answered = await Promise.all(hosts.map(ask));
  server.close();
  return answered;
}

const LOCAL = ["localhost:8080", "console.localhost", "127.0.0.1:8080", "[::1]:8080", "192.0.2.7"];
const FOREIGN = ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080"];
const all = (hosts: readonly string[], status: number) => hosts.map(() => status);

test("on loopback and without a public address, names of this machine and addresses are answered, and no others", async () => {
  for (const host of ["127.0.0.1", "::1", "localhost"]) {
    expect(await statuses({ host }, LOCAL), host).toEqual(all(LOCAL, 200));
    expect(await statuses({ host }, FOREIGN), host).toEqual(all(FOREIGN, 421));
  }
});

test("a console that is bound to more and has no public address cannot know its names, and answers to any", async () => {
  for (const host of ["0.0.0.0", "192.0.2.7", "console.internal"]) {
    expect(await statuses({ host }, [...LOCAL, ...FOREIGN]), host).toEqual(all([...LOCAL, ...FOREIGN], 200));
  }
});

test("with a public address its name alone is answered, in capitals and with a port too", async () => {
  const config = { host: "0.0.0.0", publicUrl: "https://console.example" };
  const own = ["console.example", "Console.Example:443", "console.example."];
  expect(await statuses(config, own)).toEqual(all(own, 200));
  expect(await statuses(config, [...LOCAL, ...FOREIGN])).toEqual(all([...LOCAL, ...FOREIGN], 421));
});
