import type { FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";
import { isIP } from "node:net";

/** Whose `X-Forwarded-For` is believed: proxies by their addresses or networks, or by their number; `false`: nobody's. */
export type TrustProxy = false | number | string[];

/** As Fastify takes it. It ignores a number, because a sender that reaches the gateway past the proxy can then name any address. */
export function trustOf(
  trusted: TrustProxy,
): string[] | false | ((address: string, hop: number) => boolean) {
  return typeof trusted === "number" ? (_address, hop) => hop < trusted : trusted;
}

/**
 * Whom a limit without a key counts: an IPv4 address, or the /64 of an IPv6 one, of which a household or a server has 2^64
 * addresses. Behind a trusted proxy it is the client's, as `X-Forwarded-For` has it.
 * @source RFC 6177
 */
export function clientOf({ ip, socket }: Pick<FastifyRequest, "ip" | "socket">): string {
  // What a proxy forwards may be any text.
  return prefixOf(isIP(ip) === 0 ? (socket.remoteAddress ?? "") : ip);
}

/** @returns the address itself where it is none of IPv6 */
export function prefixOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  const groups = (parsed as ipaddr.IPv6).parts.slice(0, 4);
  return `${groups.map((group) => group.toString(16)).join(":")}::/64`;
}
