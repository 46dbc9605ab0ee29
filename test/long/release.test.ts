import type { Client } from "@temporalio/client";
import { execFile } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalStack } from "../../dev/local-stack/local-stack.ts";
import type { Build } from "../../dev/local-stack/services.ts";
import { SECOND_MS } from "../../domain/values/time.ts";
import type { RecoveryView } from "../../workflows/contract.ts";
import { build } from "../support/build.ts";
import { type ProcessStack, startProcessStack } from "../support/system/process-stack.ts";
import { until } from "../support/until.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const POLICY = `
retry: { gaps: [5s, 5s, 5s], transient_gap: 5s, align: none, settle: 4s, follow_up: [1s] }
notices: { first_soft: 60s, before_attempt: 0s, hard: [0s] }
opening_reread: 1s
unknown_tax: none
window: 120s
quiet_end: 5s
`;

/** A rule as it is, and as the newer release has it. */
const RULE_FILE = "domain/schedule/retry-schedule.ts";
const OLD_RULE = "attemptAfter(previousStartedAt + gapMs, input)";
const NEW_RULE = "attemptAfter(previousStartedAt + 2 * gapMs, input)";

let folder: string;
let client: Client;
let processes: ProcessStack;
let stack: LocalStack;

/** Builds `dist/` from a copy of the sources with a changed rule, as it would be deployed. */
async function buildWith(change: (rule: string) => string): Promise<Build> {
  const root = join(folder, "newer");
  for (const room of [
    "domain",
    "dodo",
    "workflows",
    "activities",
    "server",
    "worker",
    "cli",
    "config",
    "platform",
    "ledger",
    "dev/build.ts",
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
  ]) {
    cpSync(join(ROOT, room), join(root, room), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  const rules = join(root, RULE_FILE);
  const before = readFileSync(rules, "utf8");
  writeFileSync(rules, change(before));
  await promisify(execFile)(process.execPath, ["--import", "tsx", "dev/build.ts"], { cwd: root });
  return { root: join(root, "dist") };
}

beforeAll(async () => {
  processes = await startProcessStack("release", {
    policy: POLICY,
    sandbox: { settings: { webhookRetryScale: 0.01 } },
  });
  ({ stack, client, folder } = processes);
});

afterAll(async () => {
  await processes.close();
});

test("an open recovery follows the rules of the build that runs: a newer release, then the older one again", async () => {
  const older = build();
  const newer = await buildWith((rule) => {
    if (!rule.includes(OLD_RULE)) throw new Error(`${RULE_FILE} no longer contains ${OLD_RULE}`);
    return rule.replace(OLD_RULE, NEW_RULE);
  });
  await stack.startGateway("1");
  const { control } = stack.sandbox;
  const { subscriptionId } = await control.createSubscription({ onDemand: true });
  const soft = { decline: "INSUFFICIENT_FUNDS" };
  await control.script(subscriptionId, [soft, soft, soft], "succeed");
  const handle = client.workflow.getHandle(`recovery-${subscriptionId}`);
  const planned = async (number: number): Promise<RecoveryView> =>
    await until(
      async () => {
        const view = await handle.query<RecoveryView>("recovery");
        return view.recovery.plan?.number === number ? view : null;
      },
      { what: `attempt ${number} planned` },
    );

  const first = await stack.startWorker("older-1", older);
  await control.charge(subscriptionId);
  const plans = [await planned(2)];
  await first.stop();
  const second = await stack.startWorker("newer", newer);
  plans.push(await planned(3));
  await second.stop();
  await stack.startWorker("older-2", older);
  plans.push(await planned(4));
  expect(await handle.result()).toMatchObject({ outcome: "recovered" });

  // The older build planned attempts 2 and 4, the newer one attempt 3.
  const gaps = plans.map(({ recovery: { plan, attempts } }) => {
    return (plan?.at ?? 0) - (attempts.at(-1)?.startedAt ?? 0);
  });
  expect(gaps).toEqual([5 * SECOND_MS, 10 * SECOND_MS, 5 * SECOND_MS]);
  const { payments, succeeded } = await control.ledgerOf(subscriptionId);
  expect(succeeded).toBe(1);
  for (const [index, { recovery }] of plans.entries()) {
    const chargedAt = Date.parse(payments[index + 1]?.createdAt ?? "");
    expect(chargedAt, `attempt ${index + 2}`).toBeGreaterThanOrEqual(recovery.plan?.at ?? 0);
  }
});
