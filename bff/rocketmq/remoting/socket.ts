import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions as NodeTlsOptions } from "node:tls";
import { RocketMQError } from "../errors.ts";
import type { AllowedNetworks } from "./networks.ts";

/** How to speak TLS; PEM texts. */
export interface TlsOptions {
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
  /** False accepts any certificate. Default true. */
  rejectUnauthorized?: boolean;
  /** False accepts a certificate made out to another name: those of brokers rarely name their addresses. Default true. */
  verifyHostname?: boolean;
}

export interface SocketOptions {
  timeoutMs: number;
  /** Where it may lead. */
  networks: AllowedNetworks;
  tls?: TlsOptions;
}

/** Host and port of `host:port`, `[ipv6]:port` or `ipv6:port`. */
export function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[|\]$/g, "");
  const port = Number(address.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RocketMQError("CONNECT_FAILED", `${address} is not an address like host:port`, { address });
  }
  return { host, port };
}

/** The error for a connection that went away. */
export function connectionLost(address: string, cause?: unknown): RocketMQError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new RocketMQError("CONNECTION_LOST", `The connection to ${address} was lost${why}`, { address, cause });
}

/** Opens a connection. Errors: ADDRESS_NOT_ALLOWED, CONNECT_REFUSED, CONNECT_TIMEOUT, TLS_FAILED, CONNECT_FAILED. */
export function openSocket(address: string, { timeoutMs, networks, tls }: SocketOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const place = splitAddress(address);
    networks.check(place.host, address);
    const target = { ...place, lookup: networks.lookupFor(address) };
    let reached = false;
    const socket = tls ? connectTls({ ...target, ...nodeTlsOptions(target.host, tls) }) : connectTcp(target);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new RocketMQError("CONNECT_TIMEOUT", `${address} did not take a connection within ${timeoutMs} ms`, {
          address,
        }),
      );
    }, timeoutMs);
    const onError = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(connectError(address, error, tls !== undefined && reached));
    };
    const onEnd = (): void => onError(new Error("the server closed the connection during the handshake"));
    socket.once("error", onError);
    socket.once("end", onEnd);
    socket.once("connect", () => (reached = true));
    socket.once(tls ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      socket.off("error", onError);
      socket.off("end", onEnd);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 30_000);
      resolve(socket);
    });
  });
}

/** Whether the port completes a TLS handshake, whoever it belongs to. */
export async function speaksTls(address: string, options: Omit<SocketOptions, "tls">): Promise<boolean> {
  try {
    (await openSocket(address, { ...options, tls: { rejectUnauthorized: false } })).destroy();
    return true;
  } catch {
    return false;
  }
}

function nodeTlsOptions(host: string, tls: TlsOptions): NodeTlsOptions {
  const servername = tls.servername ?? (isIP(host) ? undefined : host);
  return {
    ca: tls.ca,
    cert: tls.cert,
    key: tls.key,
    rejectUnauthorized: tls.rejectUnauthorized ?? true,
    ...(servername === undefined ? {} : { servername }),
    ...(tls.verifyHostname === false ? { checkServerIdentity: () => undefined } : {}),
  };
}

function connectError(address: string, error: Error, duringTls: boolean): RocketMQError {
  if (error instanceof RocketMQError) return error;
  const init = { address, cause: error };
  if (duringTls) return new RocketMQError("TLS_FAILED", `TLS with ${address} failed: ${error.message}`, init);
  const code = "code" in error ? error.code : undefined;
  if (code === "ECONNREFUSED") return new RocketMQError("CONNECT_REFUSED", `${address} refused the connection`, init);
  return new RocketMQError("CONNECT_FAILED", `${address} cannot be reached: ${error.message}`, init);
}
