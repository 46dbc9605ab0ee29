import { Client } from "@temporalio/client";
import type { FastifyInstance } from "fastify";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { DAY_MS } from "../../domain/values/time.ts";
import { createLog } from "../../platform/log.ts";
import { ensureSweepSchedule } from "../../worker/schedules/sweep-schedule.ts";
import { operatorEnv, reprise } from "../support/command-line.ts";
import { commandsOf, ROOT } from "../support/documents.ts";
import {
  type Receiver,
  RECEIVER_KEY,
  startReceiver,
} from "../support/merchant/webhook-receiver.ts";
import { failedCharge } from "../support/system/failed-charge.ts";
import { buildTestGateway } from "../support/system/gateway.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { createNamespace, uniqueTaskQueue } from "../support/temporal/connection.ts";
import { until } from "../support/until.ts";

let system: TestSystem;
/** A namespace has one schedule of the sweep, so it has one of its own here. */
let sweepGateway: FastifyInstance;
let sweepUrl: string;
let folder: string;
let receiver: Receiver;
/** What the documents call `sub_123` and so on. */
let names: Readonly<Record<string, string>>;

beforeAll(async () => {
  receiver = await startReceiver();
  system = await startTestSystem({ outgoingWebhook: { url: receiver.url, keys: [RECEIVER_KEY] } });
  const { environment } = system;
  const namespace = await createNamespace(environment);
  const client = new Client({ connection: environment.nativeConnection, namespace });
  const queue = uniqueTaskQueue();
  await ensureSweepSchedule(client, queue, "test_mode", createLog("fatal", "worker"));
  sweepGateway = buildTestGateway(environment, queue, undefined, undefined, client);
  sweepUrl = await sweepGateway.listen({ host: "127.0.0.1", port: 0 });
  folder = mkdtempSync(join(tmpdir(), "reprise-operating-"));
  writeFileSync(join(folder, "policy.yaml"), "window: 20d\nretry: { gaps: [3d, 5d] }\n");
  const createdAt = new Date(Date.now() - 61 * DAY_MS).toISOString();
  const failed = async (): Promise<string> =>
    await failedCharge(system, [{ decline: "INSUFFICIENT_FUNDS" }], { createdAt });
  const active = await system.sandbox.control.createSubscription({ onDemand: true });
  names = {
    sub_123: await failed(),
    sub_124: await failed(),
    sub_125: await failed(),
    sub_126: active.subscriptionId,
    cus_123: active.customerId,
    "recovery-sub_123-1764064805000-1": await until(() => receiver.received[0]?.id ?? null, {
      what: "an outgoing webhook",
    }),
    "policy.yaml": join(folder, "policy.yaml"),
    "ids.txt": join(folder, "ids.txt"),
  };
  writeFileSync(join(folder, "ids.txt"), "sub_of_another_account\n");
});

afterAll(async () => {
  await sweepGateway.close();
  await system.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

const documents = execFileSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" })
  .split("\n")
  .filter((path) => path !== "");

const commands = documents
  .flatMap(commandsOf)
  .filter((command) => command.startsWith("reprise "))
  // test/long/processes/doctor.test.ts runs these, where gateway and worker are processes.
  .filter((command) => !command.startsWith("reprise doctor"))
  // test/ledger/ runs these, with a PostgreSQL.
  .filter((command) => !/^reprise (ledger|report)\b/.test(command))
  .map((command) => command.replace("reprise ", ""));

describe("the documents' commands of `reprise`", () => {
  test("are found in docs/OPERATING.md", () => {
    expect(commands.length).toBeGreaterThan(15);
  });

  // In the order of the documents, so that each finds what those before have left.
  test.each(commands)("reprise %s does what it says", async (typed) => {
    const args = [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => {
      const word = quoted ?? plain ?? "";
      return names[word] ?? word;
    });
    const result = await reprise(args, {
      env: {
        ...operatorEnv(typed === "sweep" ? sweepUrl : system.gatewayUrl),
        TEMPORAL_ADDRESS: inject("temporalAddress"),
        TEMPORAL_NAMESPACE: inject("temporalNamespace"),
        TEMPORAL_TASK_QUEUE: system.taskQueue,
      },
    });
    expect(result.code, result.err).toBe(0);
  });
});
