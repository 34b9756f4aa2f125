import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHttpServer } from "./http-server.ts";

const server = createHttpServer(
  (req, res) => {
    req.resume().on("end", () => res.end("done"));
    req.on("error", () => undefined);
  },
  { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 },
);
const sockets: Socket[] = [];
beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  server.close();
});

async function send(
  text: string,
  socket = connect((server.address() as AddressInfo).port, "127.0.0.1"),
): Promise<Socket> {
  sockets.push(socket.on("error", () => undefined));
  socket.write(text);
  return socket;
}
const answerOf = async (socket: Socket) => String((await once(socket, "data"))[0]);
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

test("a request that stalls is cut, in its head or in its body, while a connection at rest is kept", async () => {
  const atRest = await send(GET);
  expect(await answerOf(atRest)).toContain("200 OK");
  const head = await send("GET / HTTP/1.1\r\nHo");
  expect(await answerOf(head)).toContain("408");
  const body = await send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nsome");
  expect(await answerOf(body)).toContain("408");
  await send(GET, atRest);
  expect(await answerOf(atRest)).toContain("200 OK");
});

test("by default connections outlive those of proxies", () => {
  const { keepAliveTimeout, headersTimeout, requestTimeout } = createHttpServer(() => undefined);
  expect(keepAliveTimeout).toBeGreaterThan(60_000);
  expect([headersTimeout, requestTimeout]).toEqual([60_000, 60_000]);
});
