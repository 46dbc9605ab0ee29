import { connect, type Socket } from "node:net";
import { quantileOf } from "../report/statistics.ts";

export type LoadOptions = {
  readonly url: string;
  /** How many connections, each with one request under way. */
  readonly connections: number;
  /** The request of each turn; null ends the load. */
  readonly next: (turn: number) => HttpRequest | null;
};

export type HttpRequest = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type LoadResult = {
  readonly count: number;
  readonly ratePerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/**
 * Sends POST requests over connections that are kept, each one as soon as the one before on its connection is answered. It does
 * little more than write and read, because it shares the machine with what it measures.
 *
 * @throws if an answer is not 200, or a connection ends
 */
export async function load({ url, connections, next }: LoadOptions): Promise<LoadResult> {
  const target = new URL(url);
  const turns = { count: 0 };
  const latencies: number[] = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, () => drive(target, () => next(turns.count++), latencies)),
  );
  const seconds = (performance.now() - began) / 1_000;
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    ratePerSecond: sorted.length / seconds,
    p50Ms: quantileOf(sorted, 0.5),
    p99Ms: quantileOf(sorted, 0.99),
  };
}

/** A request as bytes. Made ahead of a load, it costs nothing during it. */
export function bytesOf({ host, pathname }: URL, { headers, body }: HttpRequest): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = Buffer.byteLength(body);
  return Buffer.from(
    `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\n${lines.join("")}content-length: ${length}\r\n\r\n${body}`,
  );
}

const known = new WeakMap<HttpRequest, Buffer>();

function cachedBytes(target: URL, request: HttpRequest): Buffer {
  const made = known.get(request) ?? bytesOf(target, request);
  known.set(request, made);
  return made;
}

function drive(target: URL, next: () => HttpRequest | null, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    let received = "";
    let sentAt = 0;
    const send = (): void => {
      const request = next();
      if (request === null) return finish(socket, resolve);
      received = "";
      sentAt = performance.now();
      socket.write(cachedBytes(target, request));
    };
    socket.setEncoding("latin1");
    socket.once("connect", send);
    socket.on("data", (text) => {
      received += String(text);
      const status = statusOf(received);
      if (status === null) return;
      latencies.push(performance.now() - sentAt);
      if (status === 200) return send();
      socket.destroy();
      reject(new Error(`an answer was ${status}: ${received.slice(-200)}`));
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
  });
}

function finish(socket: Socket, resolve: () => void): void {
  socket.removeAllListeners("close");
  socket.destroy();
  resolve();
}

/** The status of an answer once it is there as a whole; null before. @throws if it has no length */
export function statusOf(text: string): number | null {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const head = text.slice(0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without a length: ${head}`);
  if (text.length < headEnd + 4 + Number(length)) return null;
  return Number(head.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
}
