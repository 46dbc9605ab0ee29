import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { RESERVED_METADATA_KEYS } from "../../domain/requested-charge/requested-charge.ts";
import { OUTCOMES, RECOVERY_STATES } from "../../domain/state/outcome.ts";
import { parsePaymentId, parseSubscriptionId } from "../../domain/values/ids.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "../../domain/values/time.ts";
import * as contract from "../../workflows/contract.ts";
import { ROOT } from "../support/documents.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** A section of a document, by its heading, up to the next one of the same level. */
function sectionOf(path: string, heading: string): string {
  const [, rest = ""] = read(path).split(`\n## ${heading}\n`);
  return rest.split("\n## ")[0] ?? "";
}

describe('docs/ARCHITECTURE.md, "Names in Temporal",', () => {
  const names = sectionOf("docs/ARCHITECTURE.md", "Names in Temporal");

  test("names every workflow, message, queue, search attribute and metadata key", () => {
    const types = [...read("workflows/index.ts").matchAll(/export \{ (\w+) \}/g)].map(
      ([, type = ""]) => type,
    );
    expect(types.length).toBeGreaterThan(5);
    const messages = Object.entries(contract).flatMap(([name, value]) =>
      /_(SIGNAL|QUERY|UPDATE)$/.test(name) && typeof value === "string" ? [value] : [],
    );
    const queues = [contract.chargeQueueOf, contract.dodoQueueOf, contract.webhookQueueOf];
    for (const name of [
      ...types,
      ...messages,
      ...Object.values(contract.UPDATES),
      ...queues.map((queueOf) => queueOf("reprise")),
      ...Object.values(contract.SEARCH_ATTRIBUTES).map((key) => key.name),
      ...RESERVED_METADATA_KEYS,
      contract.SWEEP_SCHEDULE,
      contract.LEDGER_SCHEDULE,
      contract.MODE_MEMO,
      contract.MODE_RECORD,
      contract.BUSINESS_MEMO,
      contract.BUSINESS_RECORD,
      contract.BUSINESS_SOURCE_MEMO,
    ])
      expect(names, name).toContain(`\`${name}\``);
  });

  test("has the ids as they are made", () => {
    const subscriptionId = parseSubscriptionId("sub_1");
    const paymentId = parsePaymentId("pay_1");
    if (subscriptionId === null || paymentId === null) throw new Error("not ids");
    const ids = [
      contract.workflowIdOf(subscriptionId),
      contract.proofStartOf(subscriptionId).workflowId,
      contract.deliveryStartOf(subscriptionId, []).workflowId,
      contract.checkoutStartOf(paymentId).workflowId,
      contract.customerNoticesStartOf("cus_1").workflowId,
    ];
    for (const id of ids) {
      const written = id
        .replace("sub_1", "<subscription_id>")
        .replace("pay_1", "<payment_id>")
        .replace("cus_1", "<customer_id>");
      expect(names, id).toContain(`\`${written}\``);
    }
  });
});

describe("docs/RECOVERY.md", () => {
  test("names every state and every outcome", () => {
    const text = sectionOf("docs/RECOVERY.md", "States and outcomes");
    for (const name of [...RECOVERY_STATES, ...OUTCOMES]) expect(text).toContain(`| \`${name}\``);
  });

  test("has the numbers of the built-in policy", () => {
    const { retry, notices, windowMs, quietEndMs, openingRereadMs } = DEFAULT_POLICY;
    const hours = (durationMs: number): string => `${durationMs / HOUR_MS} hours`;
    const days = (durationsMs: readonly number[]): string =>
      `${durationsMs.map((durationMs) => durationMs / DAY_MS).join(", ")} days`.replace(
        /, (\d+ days)$/,
        " and $1",
      );
    const numbers = [
      ["Debts", `at least ${openingRereadMs / SECOND_MS} seconds`],
      ["Schedule", days(retry.gapsMs)],
      ["Schedule", `the first gap is ${hours(retry.transientGapMs)}`],
      ["Schedule", `The window is ${days([windowMs])}`],
      ["Schedule", `the window's last ${hours(quietEndMs)}`],
      ["Charging", `open after ${hours(retry.outcomeDeadlineMs)}`],
      ["The fence", `at least ${hours(retry.settleMs)} (\`settle\`)`],
      ["Notices", `${hours(notices.firstSoftMs)} after the first decline`],
      ["Notices", `${hours(notices.beforeAttemptMs)} before each attempt`],
      ["Notices", `after ${days(notices.hardMs)}`],
    ] as const;
    for (const [heading, number] of numbers) {
      const text = sectionOf("docs/RECOVERY.md", heading);
      expect(text.replaceAll("**", "").replaceAll(/\s+/g, " "), heading).toContain(number);
    }
  });
});
