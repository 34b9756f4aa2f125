import { connect } from "node:net";
import { expect, it } from "vitest";
import { reservePorts } from "./ports.ts";

function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", () => resolve(true));
  });
}

it("never gives the same block to two who ask at once", async () => {
  const blocks = await Promise.all(Array.from({ length: 8 }, () => reservePorts(40)));
  try {
    expect(new Set(blocks.map((block) => block.base)).size).toBe(blocks.length);
  } finally {
    await Promise.all(blocks.map((block) => block.release()));
  }
});

it("leaves every port of the block closed for its owner", async () => {
  const block = await reservePorts(40);
  try {
    const closed = await Promise.all(Array.from({ length: 40 }, (_, i) => refuses(block.base + 1 + i)));
    expect(closed).not.toContain(false);
  } finally {
    await block.release();
  }
});

it("takes the preferred block only while nobody has it", async () => {
  const first = await reservePorts(30);
  await first.release();
  const second = await reservePorts(30, first.base);
  const third = await reservePorts(30, first.base);
  try {
    expect(second.base).toBe(first.base);
    expect(third.base).not.toBe(first.base);
  } finally {
    await Promise.all([second.release(), third.release()]);
  }
});

it("refuses more ports than a block has", async () => {
  await expect(reservePorts(100)).rejects.toThrow("at most 99 ports");
});
