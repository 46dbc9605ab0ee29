import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalStack } from "../../dev/local-stack/local-stack.ts";
import type { Service } from "../../dev/local-stack/services.ts";
import { WAIT_LIMIT_MS } from "../support/limits.ts";
import { peakMegabytes, residentMegabytes } from "../support/process-memory.ts";
import { type ProcessStack, startProcessStack } from "../support/system/process-stack.ts";
import { paymentFailed, signWebhook } from "../support/webhooks.ts";

const LOAD = fileURLToPath(new URL("../hostile/load.ts", import.meta.url));

/** How long the gateway is measured, without the load and with it. */
const MEASURED_MS = 6_000;

/** Dodo waits for 15 s, and supervisors mostly for a few seconds. */
const ANSWER_LIMIT_MS = 3_500;

/** Medians, under load and without. */
const RATIO_MAX = 5;

let processes: ProcessStack;
let stack: LocalStack;
let gateway: Service;
let load: ChildProcess | null = null;

beforeAll(async () => {
  processes = await startProcessStack("load", {
    sandbox: { settings: { webhookUrl: null } },
  });
  ({ stack } = processes);
  gateway = await stack.startGateway("1");
});

afterAll(async () => {
  load?.kill("SIGKILL");
  await processes.close();
});

type Measured = { readonly median: number; readonly slowest: number; readonly count: number };

async function measure(request: () => Promise<Response>): Promise<Measured> {
  const times: number[] = [];
  const until = performance.now() + MEASURED_MS;
  while (performance.now() < until) {
    const startedAt = performance.now();
    const response = await request();
    await response.arrayBuffer();
    times.push(performance.now() - startedAt);
    expect(response.status).toBe(200);
    await delay(20);
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  return { median, slowest: times.at(-1) ?? 0, count: times.length };
}

async function measureBoth(): Promise<Readonly<Record<"health" | "webhook", Measured>>> {
  const signal = (): AbortSignal => AbortSignal.timeout(4 * ANSWER_LIMIT_MS);
  const key = stack.env.gateway["DODO_PAYMENTS_WEBHOOK_KEY"] ?? "";
  const [health, webhook] = await Promise.all([
    measure(() => fetch(`${stack.gatewayUrl}/healthz`, { signal: signal() })),
    measure(() => {
      const { body, headers } = signWebhook(JSON.stringify(paymentFailed("sub_load")), { key });
      const url = `${stack.gatewayUrl}/webhooks/dodo`;
      return fetch(url, { method: "POST", headers, body, signal: signal() });
    }),
  ]);
  return { health, webhook };
}

/** Sends a body byte by byte. @returns after how many milliseconds the gateway ended it */
async function dripUntilClosed(): Promise<number> {
  const startedAt = performance.now();
  const socket = connect(Number(new URL(stack.gatewayUrl).port), "127.0.0.1");
  const { headers } = signWebhook("{}");
  const lines = Object.entries({ ...headers, host: "gateway", "content-length": "2000" });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.write(`POST /webhooks/dodo HTTP/1.1\r\n${head}\r\n`);
  const drip = setInterval(() => socket.write("x"), 300);
  socket.on("error", () => undefined).resume();
  await once(socket, "close", { signal: AbortSignal.timeout(WAIT_LIMIT_MS) });
  clearInterval(drip);
  return performance.now() - startedAt;
}

async function startLoad(): Promise<ChildProcess> {
  const port = new URL(stack.gatewayUrl).port;
  const args = ["--import", "tsx", LOAD, port, "500", "500", "500", "12"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  load = child;
  const signal = AbortSignal.timeout(WAIT_LIMIT_MS);
  if (child.stdout !== null) await once(child.stdout, "data", { signal });
  return child;
}

test("500 held bodies, 500 idle and 500 slow connections and 12 senders of forged bodies slow neither a health check nor a signed webhook, and take little memory", async () => {
  const dripped = dripUntilClosed();
  await measure(() => fetch(`${stack.gatewayUrl}/healthz`));
  const before = residentMegabytes(gateway.pid);
  const quiet = await measureBoth();
  const child = await startLoad();
  const busy = await measureBoth();
  const grown = peakMegabytes(gateway.pid) - before;
  child.kill("SIGKILL");
  const ratios = (["health", "webhook"] as const).map((what) => {
    const [one, other] = [quiet[what], busy[what]];
    console.log(
      `${what}: median ${one.median.toFixed(1)} ms, under load ${other.median.toFixed(1)} ms, slowest ${other.slowest.toFixed(0)} ms of ${other.count}`,
    );
    return other.median / one.median;
  });
  console.log(`memory: ${before} MB, at most ${grown} MB more`);
  expect(Math.max(...ratios)).toBeLessThanOrEqual(RATIO_MAX);
  expect(Math.max(busy.health.slowest, busy.webhook.slowest)).toBeLessThan(ANSWER_LIMIT_MS);
  expect(grown).toBeLessThan(150);
  // The gateway looks every second, and gives a request 15 s.
  expect(await dripped).toBeLessThan(20_000);
  await gateway.stop(WAIT_LIMIT_MS);
  expect(await gateway.ended).toContain("exit code 0");
});
