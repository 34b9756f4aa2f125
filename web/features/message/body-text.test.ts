import { expect, test } from "vitest";
import { readBody } from "./body-text.ts";

const read = (bytes: Buffer) => readBody(bytes.toString("base64"));

test("JSON is indented, its longs untouched", () => {
  const body = read(Buffer.from('{"id":9007199254740993}'));
  expect(body.best).toBe("json");
  expect(body.textIn("json")).toBe('{\n  "id": 9007199254740993\n}');
  expect(body.textIn("text")).toBe('{"id":9007199254740993}');
});

test("UTF-8 is text, and ASCII is not offered as GBK", () => {
  expect(read(Buffer.from("订单已支付")).best).toBe("text");
  expect(read(Buffer.from("paid")).textIn("gbk")).toBeUndefined();
});

test("GBK is found where the bytes are no UTF-8", () => {
  const body = read(Buffer.from([0xb6, 0xa9, 0xb5, 0xa5]));
  expect(body.best).toBe("gbk");
  expect(body.textIn("gbk")).toBe("订单");
});

test("other bytes are shown in hex, sixteen a line", () => {
  const body = read(Buffer.from([0, 1, 2, 255, ...Buffer.from("RocketMQ 5.5.0")]));
  expect(body.best).toBe("hex");
  expect(body.textIn("hex")).toBe(
    [
      "00000000  00 01 02 ff 52 6f 63 6b  65 74 4d 51 20 35 2e 35  ....RocketMQ 5.5",
      "00000010  2e 30                                             .0",
    ].join("\n"),
  );
});

test("a character that the preview cut in two is left out", () => {
  const cut = Buffer.from("订单").subarray(0, 5);
  expect(read(cut).best).toBe("text");
  expect(read(cut).textIn("text")).toBe("订");
});

test("an empty body is empty text", () => {
  expect(read(Buffer.alloc(0)).best).toBe("text");
});

test("JSON too deep to be indented is shown as text, and that it is JSON is told", () => {
  const source = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  const body = read(Buffer.from(source));
  expect(body).toMatchObject({ best: "text", isTooDeep: true });
  expect(body.textIn("text")).toBe(source);
  expect(body.textIn("json")).toBeUndefined();
});
