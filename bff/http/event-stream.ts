/** Proxies close what is silent for long. */
const KEEP_ALIVE_MS = 5000;

const encoder = new TextEncoder();
const COMMENT = encoder.encode(": \n\n");
const DONE = encoder.encode("event: done\ndata: \n\n");

export type EncodeEvent = (event: object, name?: "message" | "error") => Uint8Array;

/** Words for events; an event that many are sent is put into words, and bytes, once. */
export function eventEncoder(wrap: (event: object) => unknown): EncodeEvent {
  const known = new WeakMap<object, Uint8Array>();
  return (event, name = "message") => {
    const bytes = known.get(event) ?? encoder.encode(`event: ${name}\ndata: ${JSON.stringify(wrap(event))}\n\n`);
    known.set(event, bytes);
    return bytes;
  };
}

/** Events as the body of an answer (text/event-stream); the reader's pace is that of `events`, and what ends them early is the last one. */
export function eventStream(
  events: AsyncGenerator<object, void>,
  encode: EncodeEvent,
  toProblem: (error: unknown) => object,
): ReadableStream<Uint8Array> {
  let alive: NodeJS.Timeout | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(COMMENT);
      alive = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(COMMENT);
      }, KEEP_ALIVE_MS);
    },
    async pull(controller) {
      try {
        const { done, value } = await events.next();
        controller.enqueue(done === true ? DONE : encode(value));
        if (done !== true) return;
        clearInterval(alive);
        controller.close();
      } catch (error) {
        clearInterval(alive);
        controller.enqueue(encode(toProblem(error), "error"));
        controller.close();
      }
    },
    async cancel() {
      clearInterval(alive);
      await events.return();
    },
  });
}
