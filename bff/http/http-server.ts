import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";

const TIMES = {
  /** Longer than reverse proxies keep a connection (60 s mostly), which else would send on one that is being closed. */
  keepAliveTimeout: 70_000,
  /** Whoever they are, people have so long to send a request; less would cut those whose machine is busy. */
  headersTimeout: 60_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5000,
} satisfies ServerOptions;

/** An HTTP server on which nobody keeps a request half sent. */
export const createHttpServer = (listener: RequestListener, times: Partial<typeof TIMES> = {}): Server =>
  createServer({ ...TIMES, ...times }, listener);
