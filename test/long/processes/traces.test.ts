import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startService, untilLogged } from "../../../dev/local-stack/services.ts";
import { freePort } from "../../../dev/process/ports.ts";
import { build, builtFile } from "../../support/build.ts";
import { type SpanReceiver, startSpanReceiver } from "../../support/span-receiver.ts";
import { scriptedSubscription } from "../../support/system/failed-charge.ts";
import {
  type ProcessStack,
  startProcessStack,
  POLICY_OF_SECONDS,
} from "../../support/system/process-stack.ts";
import { until } from "../../support/until.ts";

let processes: ProcessStack;
let receiver: SpanReceiver;

beforeAll(async () => {
  receiver = await startSpanReceiver();
  processes = await startProcessStack("traces", {
    policy: POLICY_OF_SECONDS,
    sandbox: { settings: { webhookRetryScale: 0.01 } },
  });
});

afterAll(async () => {
  await processes.close();
  await receiver.close();
});

function start(name: "gateway" | "worker", run: string, endpoint: string) {
  const { stack, folder } = processes;
  const env = { ...stack.env[name], OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  return startService({ name, env, logFolder: folder, build: build(), run });
}

test("one trace joins a gateway and a worker from the webhook to the charge, and the processes end with all spans sent", async () => {
  const gateway = start("gateway", "on", receiver.url);
  const worker = start("worker", "on", receiver.url);
  await untilLogged(gateway, "temporal_connected");
  await untilLogged(worker, "worker_started");
  const { control } = processes.stack.sandbox;
  const id = await scriptedSubscription(control, [{ decline: "INSUFFICIENT_FUNDS" }]);
  await control.charge(id);
  await until(async () => (await control.ledgerOf(id)).succeeded === 1, { what: "the recovery" });
  await Promise.all([gateway.stop(), worker.stop()]);
  const charge = receiver.spans.find(({ name }) => name === "Activity charge");
  const sameTrace = receiver.spans.filter(({ traceId }) => traceId === charge?.traceId);
  expect(sameTrace.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "POST /webhooks/dodo",
      "Temporal signal recoveryEvent",
      "Activity charge",
      "Dodo POST /subscriptions/{subscription_id}/charge",
    ]),
  );
  expect(new Set(sameTrace.map(({ service }) => service))).toEqual(
    new Set(["reprise-gateway", "reprise-worker"]),
  );
});

test("a receiver that is down delays no webhook, no charge and no end", async () => {
  const nowhere = `http://127.0.0.1:${await freePort("127.0.0.1")}`;
  const gateway = start("gateway", "down", nowhere);
  const worker = start("worker", "down", nowhere);
  await untilLogged(gateway, "temporal_connected");
  await untilLogged(worker, "worker_started");
  const { control } = processes.stack.sandbox;
  const id = await scriptedSubscription(control, [{ decline: "INSUFFICIENT_FUNDS" }]);
  await control.charge(id);
  await until(async () => (await control.ledgerOf(id)).succeeded === 1, { what: "the recovery" });
  await Promise.all([gateway.stop(), worker.stop()]);
  expect(await Promise.all([gateway.ended, worker.ended])).toEqual([
    expect.stringContaining("exit code 0"),
    expect.stringContaining("exit code 0"),
  ]);
});

/** Prints, at the end, how many modules of OpenTelemetry the process has loaded. */
const COUNTING = `data:text/javascript,${encodeURIComponent(`
import module from "node:module";
process.on("exit", () => {
  const loaded = Object.keys(module._cache).filter((path) => path.includes("/@opentelemetry/"));
  process.stderr.write("loaded: " + loaded.length + "\\n");
});`)}`;

async function loadedBy(name: "gateway" | "worker", env: object): Promise<number> {
  const main = name === "gateway" ? "server/main.js" : "worker/main.js";
  const child = spawn(process.execPath, ["--import", COUNTING, builtFile(main)], {
    env: { PATH: process.env["PATH"] ?? "", ...processes.stack.env[name], ...env },
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString("utf8")));
  const ready = name === "gateway" ? '"temporal_connected"' : '"worker_started"';
  await until(() => out.includes(ready), { what: `a ready ${name}` });
  child.kill("SIGTERM");
  await once(child, "close");
  return Number(/loaded: (\d+)/.exec(err)?.[1] ?? Number.NaN);
}

test("a process without an endpoint loads nothing of OpenTelemetry", async () => {
  const on = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  expect(await loadedBy("gateway", on)).toBeGreaterThan(0);
  expect(await loadedBy("gateway", {})).toBe(0);
  expect(await loadedBy("worker", {})).toBe(0);
});
