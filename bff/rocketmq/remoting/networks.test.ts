import { createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { RemotingClient } from "./client.ts";
import { AllowedNetworks, isNetwork } from "./networks.ts";

test.each([
  "169.254.169.254",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "64:ff9b::a9fe:a9fe",
  "fe80::1",
  "fe80::1%eth0",
  "febf:ffff::1",
  "100.100.100.200",
  "fd00:ec2::254",
  "0.0.0.0",
  "::",
  "224.0.0.1",
  "ff02::1",
  "255.255.255.255",
])("%s is refused unless it is allowed by name", (address) => {
  expect(new AllowedNetworks().allows(address)).toBe(false);
  expect(new AllowedNetworks([address.replace(/%.*/, "")]).allows(address)).toBe(true);
});

test.each(["10.0.0.1", "127.0.0.1", "192.168.1.1", "::1", "fd00::1", "8.8.8.8", "2001:db8::1", "169.253.255.255"])(
  "%s is allowed where nothing is configured",
  (address) => {
    expect(new AllowedNetworks().allows(address)).toBe(true);
  },
);

test("with networks configured nothing else is allowed, however it is written", () => {
  const networks = new AllowedNetworks(["10.1.0.0/16", "fd00::/8"]);
  for (const address of ["10.1.2.3", "::ffff:10.1.2.3", "fd12::1"])
    expect(networks.allows(address), address).toBe(true);
  for (const address of ["10.2.0.1", "127.0.0.1", "::1", "::ffff:127.0.0.1", "8.8.8.8", "169.254.1.1", "no address"])
    expect(networks.allows(address), address).toBe(false);
});

test("a network is an address with or without the length of its prefix", () => {
  for (const text of ["10.0.0.0/8", "10.0.0.1", "::/0", "fd00::1"]) expect(isNetwork(text), text).toBe(true);
  for (const text of ["10.0.0.0/33", "::/129", "host", "10.0.0/8", "10.0.0.0/", "10.0.0.0/8/8", ""])
    expect(isNetwork(text), text).toBe(false);
});

test.each(["localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]", "0177.0.0.1"])(
  "no connection is made to %s outside of the allowed networks",
  async (host) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "::", resolve));
    const address = `${host}:${(server.address() as AddressInfo).port}`;
    for (const tls of [undefined, { rejectUnauthorized: false }]) {
      const client = new RemotingClient({ networks: new AllowedNetworks(["10.0.0.0/8"]), tls });
      await expect(client.invoke(address, { code: 106 })).rejects.toMatchObject({
        code: "ADDRESS_NOT_ALLOWED",
        address,
      });
      client.close();
    }
    expect(connections).toBe(0);
    server.close();
  },
);
