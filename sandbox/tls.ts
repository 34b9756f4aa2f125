import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

async function openssl(args: string[]): Promise<void> {
  await promisify(execFile)("openssl", args);
}

export interface TlsFiles {
  ca: string;
  cert: string;
  key: string;
  /** tls.properties for namesrv, broker and proxy. */
  config: string;
}

/** Makes a certificate authority and a certificate for loopback, with the openssl command. */
export async function makeTlsFiles(dir: string): Promise<TlsFiles> {
  await mkdir(dir, { recursive: true });
  const at = (name: string): string => join(dir, name);
  const key = ["-newkey", "rsa:2048", "-nodes", "-sha256"];
  await writeFile(at("san.cnf"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  await openssl([
    "req",
    "-x509",
    ...key,
    "-days",
    "3650",
    "-subj",
    "/CN=sandbox CA",
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
  ]);
  await openssl(["req", ...key, "-subj", "/CN=localhost", "-keyout", at("server.key"), "-out", at("server.csr")]);
  const signer = [
    "-CA",
    at("ca.pem"),
    "-CAkey",
    at("ca.key"),
    "-CAcreateserial",
    "-days",
    "3650",
    "-extfile",
    at("san.cnf"),
  ];
  await openssl(["x509", "-req", "-in", at("server.csr"), ...signer, "-out", at("server.pem")]);
  const config = {
    "tls.test.mode.enable": "false",
    "tls.server.certPath": at("server.pem"),
    "tls.server.keyPath": at("server.key"),
    "tls.server.trustCertPath": at("ca.pem"),
    "tls.server.need.client.auth": "none",
    "tls.server.authClient": "false",
    "tls.client.trustCertPath": at("ca.pem"),
    "tls.client.authServer": "true",
  };
  await writeFile(
    at("tls.properties"),
    Object.entries(config)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  return { ca: at("ca.pem"), cert: at("server.pem"), key: at("server.key"), config: at("tls.properties") };
}
