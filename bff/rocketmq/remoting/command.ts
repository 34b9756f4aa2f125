/** A request or response of the remoting protocol. Source: RemotingCommand.java. */
export interface RemotingCommand {
  code: number;
  /** Chosen by the sender, echoed by the answer. */
  opaque: number;
  /** Bit 0: response, bit 1: oneway. */
  flag: number;
  version: number;
  language: string;
  remark?: string;
  extFields: Record<string, string>;
  /** Empty when the frame has none; shares memory with what was read from the socket. */
  body: Buffer;
}

/** What a caller hands over to be sent. */
export interface RemotingRequest {
  code: number;
  extFields?: Readonly<Record<string, string>>;
  body?: Buffer;
}

export const RESPONSE_FLAG = 1;
export const ONEWAY_FLAG = 2;

/** Version sent with each request (4.9.3): the newest whose signature rule is the same on all brokers since 4.7.1. */
export const REQUEST_VERSION = 399;

/** Language sent with each request: CPP changes body formats, NODE_JS is unknown to 4.9. */
export const REQUEST_LANGUAGE = "OTHER";
