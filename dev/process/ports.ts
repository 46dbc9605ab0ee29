/** TCP ports on this machine. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the range that systems use for outgoing connections: one of those could take the port before it is used.
 * @source RFC 6335 6; Linux, ip_local_port_range
 */
const PORTS_FROM = 20_000;
const PORTS_TO = 32_000;
const TRIES = 20;

/** A port that is free now. Another process can still take it before you use it. */
export async function freePort(ip: string): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      return await listenOnce(ip, randomInt(PORTS_FROM, PORTS_TO));
    } catch {
      // In use: try another one.
    }
  }
  return await listenOnce(ip, 0);
}

/** @throws if the port is in use, with the port's number and what to do */
export async function expectFree(ip: string, port: number, what: string): Promise<void> {
  try {
    await listenOnce(ip, port);
  } catch (error) {
    throw new Error(
      `${what} cannot use port ${port} on ${ip}: it is in use, perhaps by another Temporal dev server. ` +
        `Stop the process that listens there (find it with lsof -i :${port}), or choose another port.`,
      { cause: error },
    );
  }
}

function listenOnce(ip: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: ip, port, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
