import { execFile, execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalStack } from "../../dev/local-stack/local-stack.ts";
import { connectLedger } from "../../ledger/database/connect.ts";
import { migrateLedger } from "../../ledger/database/migrate.ts";
import { mandateBody } from "../support/merchant/mandate.ts";
import {
  type Receiver,
  RECEIVER_KEY,
  startReceiver,
} from "../support/merchant/webhook-receiver.ts";
import {
  operatorKeysOf,
  type ProcessStack,
  startProcessStack,
} from "../support/system/process-stack.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres/database.ts";
import { until } from "../support/until.ts";

/**
 * Schemathesis generates requests from the OpenAPI document and compares the answers with it.
 * @source https://schemathesis.readthedocs.io
 */
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
  "response_headers_conformance",
];
/** Printed, so that a failure can be repeated: `SCHEMATHESIS_SEED=<n> npm run test:processes`. */
const SEED = process.env["SCHEMATHESIS_SEED"] ?? String(Math.floor(Math.random() * 1e6));
/** Generated beside the cases that cover each parameter. */
const EXAMPLES = "20";
/** One for each operation, because the rate limit counts by key. */
const KEYS = Array.from({ length: 24 }, (_, index) => ({
  name: `operator-${index}`,
  secret: `${index}`.padStart(32, "k"),
}));

type Operation = { readonly method: string; readonly path: string };

let folder: string;
let receiver: Receiver;
let postgres: TestPostgres;
let processes: ProcessStack;
let stack: LocalStack;
let config: string;
let operations: readonly Operation[];

beforeAll(async () => {
  try {
    execFileSync("schemathesis", ["--version"]);
  } catch {
    throw new Error("This test needs schemathesis: pip install schemathesis");
  }
  receiver = await startReceiver();
  postgres = await startTestPostgres();
  const ledgerUrl = await postgres.database();
  const ledger = connectLedger({
    url: ledgerUrl,
    connections: 1,
    statementTimeoutMs: 30_000,
    name: "test",
  });
  await migrateLedger(ledger);
  await ledger.destroy();
  processes = await startProcessStack("schemathesis", {
    policy: "unknown_tax: none\n",
    env: {
      OUTGOING_WEBHOOK_URL: receiver.url,
      OUTGOING_WEBHOOK_KEY: RECEIVER_KEY,
      DATABASE_URL: ledgerUrl,
    },
    operatorKeys: operatorKeysOf(KEYS),
  });
  ({ stack, folder } = processes);
  await Promise.all([stack.startGateway("1"), stack.startWorker("1")]);
  const { paths } = (await call("GET", "/v1/openapi.json")) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  config = join(folder, "schemathesis.toml");
  writeFileSync(config, await seededIds());
});

afterAll(async () => {
  await processes.close();
  await receiver.close();
  await postgres.stop();
});

async function call(
  method: "GET" | "POST",
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const response = await fetch(stack.gatewayUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${KEYS[0]?.secret ?? ""}`,
      ...(method === "GET"
        ? {}
        : { "content-type": "application/json", "idempotency-key": "seed" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  expect(response.ok, `${path}: ${text}`).toBe(true);
  return JSON.parse(text) as Record<string, unknown>;
}

/** No generated customer exists at Dodo, so this operation succeeds with the seeded one only. */
const SEEDED_ONLY = "POST /v1/subscriptions";

/** A recovery, a charge, a mandate and a delivered webhook, so that each operation can succeed. */
async function seededIds(): Promise<string> {
  const { control } = stack.sandbox;
  const { subscriptionId, customerId } = await control.createSubscription({ onDemand: true });
  await control.charge(subscriptionId, { outcome: { decline: "INSUFFICIENT_FUNDS" } });
  const headers = { authorization: `Bearer ${KEYS[0]?.secret ?? ""}` };
  await until(
    async () => {
      const url = `${stack.gatewayUrl}/v1/recoveries/${subscriptionId}`;
      return (await fetch(url, { headers })).ok || null;
    },
    { what: "the recovery" },
  );
  const deliveryId = await until(() => receiver.received[0]?.id ?? null, {
    what: "an outgoing webhook",
  });
  const charge = await call("POST", `/v1/subscriptions/${subscriptionId}/charges`, {
    amount: 2_900,
  });
  const mandate = await call("POST", "/v1/subscriptions", mandateBody(customerId));
  const dryRun = await call("POST", "/v1/imports", { subscription_ids: [subscriptionId] });
  return [
    "[parameters]",
    `"path.subscription_id" = "${subscriptionId}"`,
    `"path.id" = "${deliveryId}"`,
    `"path.charge_id" = "${String(charge["charge_id"])}"`,
    `"path.import_id" = "${String(dryRun["import_id"])}"`,
    `"path.mandate_id" = "${String(mandate["mandate_id"])}"`,
  ].join("\n");
}

type Counts = { readonly cases: number; readonly byStatus: Readonly<Record<string, number>> };

/** @returns what schemathesis printed if it found a failure; null if it found none */
async function examine({ method, path }: Operation, index: number): Promise<string | null> {
  const report = join(folder, `report-${index}`);
  const args = [
    "--config-file",
    config,
    "run",
    `${stack.gatewayUrl}/v1/openapi.json`,
    "--header",
    `Authorization: Bearer ${KEYS[index % KEYS.length]?.secret ?? ""}`,
    "--include-name",
    `${method} ${path}`,
    "--checks",
    CHECKS.join(","),
    "--phases",
    "examples,coverage,fuzzing",
    "--max-examples",
    EXAMPLES,
    "--continue-on-failure",
    "--seed",
    SEED,
    "--report",
    "har",
    "--report-dir",
    report,
    "--no-color",
  ];
  return await new Promise((resolve) => {
    execFile("schemathesis", args, { cwd: folder, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve(error === null ? null : `${stdout}${stderr}`),
    );
  });
}

function countsOf(index: number): Counts {
  const report = join(folder, `report-${index}`);
  const [file = ""] = readdirSync(report);
  const { log } = JSON.parse(readFileSync(join(report, file), "utf8")) as {
    readonly log: {
      readonly entries: readonly { readonly response: { readonly status: number } }[];
    };
  };
  const byStatus: Record<string, number> = {};
  for (const { response } of log.entries) {
    const name = `${Math.floor(response.status / 100)}xx`;
    byStatus[name] = (byStatus[name] ?? 0) + 1;
  }
  return { cases: log.entries.length, byStatus };
}

describe("the operator API", () => {
  test(`answers generated requests as its OpenAPI document says, and each operation succeeds (seed ${SEED})`, async () => {
    const rows: Record<string, number | string>[] = [];
    for (const [index, operation] of operations.entries()) {
      const name = `${operation.method} ${operation.path}`;
      expect(await examine(operation, index), name).toBeNull();
      const { cases, byStatus } = countsOf(index);
      rows.push({ operation: name, cases, ...byStatus });
    }
    console.table(rows);
    expect(rows.length).toBeGreaterThanOrEqual(14);
    for (const { operation, "2xx": succeeded = 0, "5xx": failed = 0 } of rows) {
      const hasSucceeded = Number(succeeded) > 0 || operation === SEEDED_ONLY;
      expect([operation, hasSucceeded, failed]).toEqual([operation, true, 0]);
    }
  });
});
