import type { FastifyRequest } from "fastify";
import { isIP, isIPv4 } from "node:net";

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
  if (isIP(address) !== 6) return address;
  const groups = groupsOf(address.split("%")[0] ?? "");
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  const dotted = address.slice(address.lastIndexOf(":") + 1);
  const [a = 0, b = 0, c = 0, d = 0] = isIPv4(dotted) ? dotted.split(".").map(Number) : [];
  const words = isIPv4(dotted)
    ? address.slice(0, -dotted.length) +
      [a * 256 + b, c * 256 + d].map((one) => one.toString(16)).join(":")
    : address;
  const [start = "", end] = words.split("::");
  const numbersOf = (text: string): number[] =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const [left, right] = [numbersOf(start), numbersOf(end ?? "")];
  const zeros = end === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({ length: zeros }, () => 0), ...right];
}
