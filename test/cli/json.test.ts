import { Client } from "@temporalio/client";
import type { FastifyInstance } from "fastify";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createRunner } from "../../cli/commands/runner.ts";
import { createProgram } from "../../cli/program.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import { connectLedger, type LedgerDatabase } from "../../ledger/database/connect.ts";
import { createReports } from "../../ledger/report/cached-reports.ts";
import { createLog } from "../../platform/log.ts";
import { ensureSweepSchedule } from "../../worker/schedules/sweep-schedule.ts";
import { type CommandResult, operatorEnv, reprise, SILENT_SHELL } from "../support/command-line.ts";
import { commandsUnder } from "../support/command-tree.ts";
import { ROOT } from "../support/documents.ts";
import { differencesFromSchema } from "../support/json-schema.ts";
import {
  type Receiver,
  RECEIVER_KEY,
  startReceiver,
} from "../support/merchant/webhook-receiver.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres/database.ts";
import { failedCharge } from "../support/system/failed-charge.ts";
import { buildTestGateway } from "../support/system/gateway.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { createNamespace, uniqueTaskQueue } from "../support/temporal/connection.ts";
import { until } from "../support/until.ts";

type Typed = {
  readonly args: readonly string[];
  /** In docs/schemas/. */
  readonly schema: string;
  /** The exit code, if it is not 0: doctor finds that most variables are not set here. */
  readonly code?: number;
};

let system: TestSystem;
let postgres: TestPostgres;
let db: LedgerDatabase;
let receiver: Receiver;
/** A gateway with a ledger, on a namespace that has a schedule of the sweep. */
let ledgerGateway: FastifyInstance;
let env: Readonly<Record<string, string>>;
/** The ids behind the names that the commands below use. */
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  receiver = await startReceiver();
  postgres = await startTestPostgres();
  const url = await postgres.database();
  db = connectLedger({ url, connections: 2, statementTimeoutMs: 30_000, name: "test" });
  system = await startTestSystem({ outgoingWebhook: { url: receiver.url, keys: [RECEIVER_KEY] } });
  const { environment } = system;
  const namespace = await createNamespace(environment);
  const client = new Client({ connection: environment.nativeConnection, namespace });
  const queue = uniqueTaskQueue();
  await ensureSweepSchedule(client, queue, "test_mode", createLog("fatal", "worker"));
  ledgerGateway = buildTestGateway(environment, queue, undefined, undefined, client, undefined, {
    reports: createReports(db),
  });
  env = {
    ...operatorEnv(system.gatewayUrl),
    TEMPORAL_ADDRESS: inject("temporalAddress"),
    TEMPORAL_NAMESPACE: inject("temporalNamespace"),
    TEMPORAL_TASK_QUEUE: system.taskQueue,
    DATABASE_URL: url,
    ledgerGateway: await ledgerGateway.listen({ host: "127.0.0.1", port: 0 }),
  };
  const failed = async (decline = "INSUFFICIENT_FUNDS"): Promise<string> =>
    await failedCharge(system, [{ decline }], {
      createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
    });
  const active = await system.sandbox.control.createSubscription({ onDemand: true });
  ids = {
    OPEN: await failed(),
    ASKING: await failed("INVALID_AMOUNT"),
    PAID: await failed(),
    GIVEN_UP: await failed(),
    ACTIVE: active.subscriptionId,
    WEBHOOK: await until(() => receiver.received[0]?.id ?? null, { what: "an outgoing webhook" }),
  };
  await system.untilState(ids["ASKING"] ?? "", "needs_attention");
});

afterAll(async () => {
  await ledgerGateway.close();
  await system.close();
  await db.destroy();
  await postgres.stop();
  await receiver.close();
});

async function run(args: readonly string[]): Promise<CommandResult> {
  const given = args.map((word) => ids[word] ?? word);
  const hasOwn = ["sweep", "report"].includes(args[0] ?? "");
  return await reprise([...given, "--json"], {
    env: hasOwn ? { ...env, REPRISE_URL: env["ledgerGateway"] ?? "" } : env,
    stdin: "sub_of_another_account\n",
  });
}

/** By the command's words. In this order, so that each finds what those before have left. */
const COMMANDS: Readonly<Record<string, readonly Typed[]>> = {
  list: [
    { args: ["list", "--all"], schema: "list" },
    { args: ["list", "--state", "needs_attention"], schema: "list" },
  ],
  show: [
    { args: ["show", "OPEN"], schema: "recovery" },
    { args: ["show", "ASKING"], schema: "recovery" },
  ],
  pause: [{ args: ["pause", "OPEN"], schema: "recovery" }],
  resume: [
    { args: ["resume", "OPEN"], schema: "recovery" },
    { args: ["resume", "ASKING"], schema: "recovery" },
  ],
  retry: [{ args: ["retry", "OPEN"], schema: "recovery" }],
  "mark-paid": [{ args: ["mark-paid", "PAID", "--yes"], schema: "recovery" }],
  "write-off": [{ args: ["write-off", "GIVEN_UP", "--yes"], schema: "recovery" }],
  charge: [
    {
      args: ["charge", "ACTIVE", "--amount", "900", "--idempotency-key", "k", "--yes"],
      schema: "charge",
    },
  ],
  "charging stop": [{ args: ["charging", "stop", "--reason", "x", "--yes"], schema: "charging" }],
  "charging status": [{ args: ["charging", "status"], schema: "charging" }],
  "charging resume": [{ args: ["charging", "resume"], schema: "charging" }],
  sweep: [{ args: ["sweep"], schema: "sweep" }],
  "webhooks list": [{ args: ["webhooks", "list"], schema: "webhooks-list" }],
  "webhooks redeliver": [
    { args: ["webhooks", "redeliver", "WEBHOOK"], schema: "webhooks-redeliver" },
  ],
  import: [
    { args: ["import", "-"], schema: "import" },
    { args: ["import", "--from-dodo"], schema: "import" },
  ],
  doctor: [{ args: ["doctor"], schema: "doctor", code: 1 }],
  proof: [
    { args: ["proof", "OPEN"], schema: "proof" },
    { args: ["proof", "GIVEN_UP"], schema: "proof" },
  ],
  "shadow-report": [{ args: ["shadow-report"], schema: "shadow-report" }],
  "ledger rebuild": [{ args: ["ledger", "rebuild"], schema: "ledger-rebuild" }],
  "ledger verify": [{ args: ["ledger", "verify"], schema: "ledger-verify" }],
  "ledger export": [{ args: ["ledger", "export"], schema: "ledger-export" }],
  report: [{ args: ["report"], schema: "report" }],
  "policy check": [{ args: ["policy", "check"], schema: "policy-check" }],
  "policy show": [{ args: ["policy", "show"], schema: "policy-show" }],
  completion: [{ args: ["completion", "zsh"], schema: "completion" }],
};

const typed = Object.values(COMMANDS).flat();

describe("what a command prints with --json", () => {
  test.each(typed.map((one) => [one.args.join(" "), one] as const))(
    "has the shape of its schema: reprise %s",
    async (_name, { args, schema, code = 0 }) => {
      const result = await run(args);
      expect(result.code, result.err).toBe(code);
      const texts = args[1] === "export" ? result.out.trim().split("\n") : [result.out];
      for (const one of texts) expect(differencesFromSchema(schema, one)).toEqual([]);
    },
  );

  test("has the shape of the schema of errors where the command is refused", async () => {
    const refused = await run(["pause", "GIVEN_UP"]);
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(differencesFromSchema("error", refused.err)).toEqual([]);
    expect(JSON.parse(refused.err)).toMatchObject({
      error: { kind: "refused", exit_code: 1, problem: { status: 404, code: "no_recovery" } },
    });
  });

  test("is compared for every command, and with every schema", () => {
    const program = createProgram(SILENT_SHELL, createRunner(SILENT_SHELL), "0.0.0");
    const names = commandsUnder(program)
      .filter(([, { commands }]) => commands.length === 0)
      .map(([words]) => words.join(" "));
    expect(Object.keys(COMMANDS).toSorted()).toEqual(names.toSorted());
    const files = readdirSync(join(ROOT, "docs/schemas"))
      .map((file) => file.replace(".json", ""))
      .filter((name) => name !== "webhook-advice");
    expect([...new Set(typed.map(({ schema }) => schema)), "error"].toSorted()).toEqual(files);
  });
});
