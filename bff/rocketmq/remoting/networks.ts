import { lookup as lookupHost } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { RocketMQError } from "../errors.ts";

/** Link-local addresses (a cloud's metadata among them), those that name nobody, many, or the metadata of a cloud. */
const REFUSED = [
  "0.0.0.0/8",
  "100.100.100.200/32",
  "169.254.0.0/16",
  "224.0.0.0/4",
  "255.255.255.255/32",
  "::/128",
  "64:ff9b::a9fe:0/112",
  "fd00:ec2::254/128",
  "fe80::/10",
  "ff00::/8",
];

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");

function partsOf(network: string): { address: string; prefix: number } | undefined {
  const [address = "", prefix, ...rest] = network.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return undefined;
  const longest = version === 6 ? 128 : 32;
  const length = prefix === undefined ? longest : Number(prefix);
  return length > longest ? undefined : { address, prefix: length };
}

/** Whether a text is a network in CIDR notation, or one address. */
export const isNetwork = (text: string): boolean => partsOf(text) !== undefined;

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const parts = partsOf(network);
    if (parts === undefined) throw new Error(`${network} is not a network`);
    list.addSubnet(parts.address, parts.prefix, familyOf(parts.address));
  }
  return list;
}

/** Where connections may lead. Asked at the socket for each address that a name resolves to, so no way of writing one passes by. */
export class AllowedNetworks {
  readonly #allowed: BlockList | undefined;
  readonly #refused: BlockList;

  /** Without networks: everywhere but link-local, multicast, unspecified and metadata addresses. */
  constructor(networks: readonly string[] = []) {
    this.#allowed = networks.length === 0 ? undefined : listOf(networks);
    this.#refused = listOf(REFUSED);
  }

  /** An IPv4 address that is mapped into IPv6 counts as what it is. */
  allows(address: string): boolean {
    const [plain = ""] = address.split("%");
    const family = familyOf(plain);
    return this.#allowed === undefined ? !this.#refused.check(plain, family) : this.#allowed.check(plain, family);
  }

  /** Refuses an address that is written out; names are looked at once they are resolved. */
  check(host: string, address: string): void {
    if (isIP(host) !== 0 && !this.allows(host)) throw notAllowed(address);
  }

  /** Resolves a name to those of its addresses that are allowed. */
  lookupFor(address: string): LookupFunction {
    return (hostname, options, callback) =>
      lookupHost(hostname, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, "");
        const allowed = found.filter((one) => this.allows(one.address));
        const [first] = allowed;
        if (first === undefined) return callback(notAllowed(address), "");
        if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      });
  }
}

function notAllowed(address: string): RocketMQError {
  return new RocketMQError("ADDRESS_NOT_ALLOWED", `${address} is in no network that this console may connect to`, {
    address,
  });
}
