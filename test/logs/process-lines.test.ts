import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startService, untilLogged } from "../../dev/local-stack/services.ts";
import { freePort } from "../../dev/process/ports.ts";
import { build } from "../support/build.ts";
import { callApi } from "../support/merchant/api.ts";
import { faultsOf, linesIn } from "../support/logs/lines.ts";
import { scriptedSubscription } from "../support/system/failed-charge.ts";
import { OPERATOR_KEYS } from "../support/system/gateway.ts";
import {
  operatorKeysOf,
  type ProcessStack,
  startProcessStack,
  POLICY_OF_SECONDS,
} from "../support/system/process-stack.ts";
import { until } from "../support/until.ts";

let processes: ProcessStack;

beforeAll(async () => {
  processes = await startProcessStack("log-lines", {
    ownNamespace: true,
    policy: POLICY_OF_SECONDS,
    operatorKeys: operatorKeysOf(OPERATOR_KEYS),
    sandbox: { settings: { webhookRetryScale: 0.01 } },
  });
});

afterAll(async () => {
  await processes.close();
});

test("the logs of a gateway and a worker have lines of the table only, from the start to the end, and tell a recovery by its id", async () => {
  const { stack, folder } = processes;
  const { EMAIL_FROM: _, ...gatewayEnv } = stack.env.gateway;
  const address = { PORT: String(await freePort("127.0.0.1")) };
  const taken = new URL(stack.inbox.smtpUrl).host;
  const common = { logFolder: folder, build: build() };
  const unnamed = startService({
    ...common,
    name: "gateway",
    env: { ...gatewayEnv, ...address },
    run: "unnamed",
  });
  await untilLogged(unnamed, "listening");
  const deaf = startService({
    ...common,
    name: "gateway",
    env: { ...gatewayEnv, ...address, GATEWAY_METRICS_ADDRESS: taken },
    run: "deaf",
  });
  await deaf.ended;
  const gateway = startService({ ...common, name: "gateway", env: stack.env.gateway });
  const worker = startService({ ...common, name: "worker", env: stack.env.worker });
  await untilLogged(gateway, "temporal_connected");
  await untilLogged(worker, "worker_started");
  const { control } = stack.sandbox;
  const id = await scriptedSubscription(control, [{ decline: "INSUFFICIENT_FUNDS" }]);
  await control.charge(id);
  const recoveryId = `recovery-${id}`;
  const eventsOf = (): readonly string[] =>
    linesIn(folder)
      .filter(({ line }) => line["recoveryId"] === recoveryId)
      .map(({ line }) => line.event);
  await until(() => eventsOf().includes("charge_finished"), { what: "the charge" });
  await callApi(stack.gatewayUrl, `/v1/recoveries/${id}/pause`, { body: {} });
  await until(() => eventsOf().includes("operator_action"), { what: "the action" });
  await Promise.all([unnamed, gateway, worker].map((one) => one.stop()));
  const lines = linesIn(folder);
  expect(lines.flatMap(({ text }) => faultsOf(text))).toEqual([]);
  const seen = new Set(lines.map(({ line }) => line.event));
  const wanted = [
    "merchant_unnamed",
    "temporal_connected",
    "listening",
    "worker_started",
    "ledger_off",
    "metrics_listen_failed",
    "stopping",
    "stopped",
  ];
  expect(wanted.filter((event) => !seen.has(event))).toEqual([]);
  const story = ["webhook_routed", "decided", "charge_sent", "charge_finished", "operator_action"];
  expect(story.filter((event) => !eventsOf().includes(event))).toEqual([]);
});

test("a log whose reader was away tells how many lines are missing", async () => {
  const path = fileURLToPath(new URL("fixture-full-pipe.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", path]);
  try {
    await once(child.stderr, "data");
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    child.stdin.write("go on\n");
    const found = await until(
      () => text.split("\n").find((line) => line.includes('"log_lines_dropped"')),
      { what: "the line" },
    );
    expect(faultsOf(found)).toEqual([]);
    expect(JSON.parse(found)).toMatchObject({ lines: expect.any(Number) as unknown });
  } finally {
    child.kill("SIGKILL");
  }
});
