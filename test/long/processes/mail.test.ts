import type { Client } from "@temporalio/client";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { SmtpStep } from "../../../dev/local-stack/inbox.ts";
import type { LocalStack } from "../../../dev/local-stack/local-stack.ts";
import type { ReceivedMail } from "../../../dev/local-stack/received-mail.ts";
import type { Service } from "../../../dev/local-stack/services.ts";
import type { RecoveryView } from "../../../workflows/contract.ts";
import { declinedCharge } from "../../support/system/failed-charge.ts";
import { type ProcessStack, startProcessStack } from "../../support/system/process-stack.ts";
import { until } from "../../support/until.ts";

/** Seconds instead of days, with real timers: the retry is due after 8 seconds, and announced 3 seconds before. */
const POLICY = `
retry: { gaps: [8s, 8s, 8s], transient_gap: 8s, align: none, settle: 4s, settle_reads: 4, outcome_deadline: 60s, follow_up: [1s, 2s], after_method_change: 2s }
notices: { first_soft: 300s, before_attempt: 3s, hard: [0s, 200s] }
opening_reread: 1s
unknown_tax: none
window: 600s
quiet_end: 10s
`;

let client: Client;
let processes: ProcessStack;
let stack: LocalStack;
let worker: Service;

beforeAll(async () => {
  processes = await startProcessStack("mail", {
    policy: POLICY,
    sandbox: { settings: { webhookRetryScale: 0.01 } },
  });
  ({ stack, client } = processes);
  await stack.startGateway("1");
  worker = await stack.startWorker("1");
});

afterEach(() => {
  for (const step of Object.keys(stack.inbox.refusals)) {
    delete stack.inbox.refusals[step as SmtpStep];
  }
});
afterAll(async () => {
  await processes.close();
});

const failing = async (email: string, decline: string): Promise<string> =>
  await declinedCharge(stack.sandbox.control, decline, { email });

const mailsTo = (email: string): readonly ReceivedMail[] =>
  stack.inbox.mails.filter(({ recipients }) => recipients.includes(email));

const viewOf = async (id: string): Promise<RecoveryView> =>
  await client.workflow.getHandle(`recovery-${id}`).query<RecoveryView>("recovery");

/** The charges of a subscription that the workers sent. */
async function chargesOf(subscriptionId: string): Promise<number> {
  const requests = await stack.sandbox.control.requests({ subscriptionId });
  return requests.filter(({ route, method }) => CHARGE.test(`${method} ${route}`)).length;
}

const CHARGE = /^POST .*\/charge$/;

test("a mail whose worker is killed goes again within 15 seconds, under the same message id", async () => {
  const { inbox } = stack;
  const email = "killed@example.com";
  inbox.faults.push({ kind: "take_and_hang" });
  const id = await failing(email, "EXPIRED_CARD");
  await until(() => mailsTo(email).length === 1, { what: "the first copy" });
  await worker.kill();
  const killedAt = Date.now();
  worker = await stack.startWorker("2");
  const startedMs = Date.now() - killedAt;
  await until(() => mailsTo(email).length === 2, { what: "the second copy" });
  // Eight seconds until Temporal notices. The rest depends on the machine, as the start of a worker does.
  expect(Date.now() - killedAt).toBeLessThan(Math.max(15_000, 8_000 + 3 * startedMs));
  expect(new Set(mailsTo(email).map(({ messageId }) => messageId)).size).toBe(1);
  await until(async () => (await viewOf(id)).timeline.some(({ rule }) => rule === "notice.sent"), {
    what: "its record",
  });
});

describe("a mail server that refuses the sender", () => {
  const refusals: readonly [SmtpStep, number, string | undefined][] = [
    ["sender", 550, "5.7.1"],
    ["recipient", 550, "5.1.90"],
    ["data", 550, "5.4.5"],
  ];

  test.each(refusals)(
    "at %s with %i %s is tried again within half a minute, and the operator hears of the sender",
    async (step, status, code) => {
      const { inbox } = stack;
      const email = `${step}@example.com`;
      const refusedBefore = inbox.refused.length;
      const failedAt = Date.now();
      inbox.refusals[step] = code === undefined ? { status } : { status, code };
      const id = await failing(email, "EXPIRED_CARD");
      await until(async () => (await viewOf(id)).recovery.notices.length > 0, {
        what: "the notice",
      });
      await until(() => inbox.refused.slice(refusedBefore).includes(step), { what: "a try" });
      const refusedAt = Date.now();
      delete inbox.refusals[step];
      await until(() => mailsTo(email).length > 0, { what: "the mail" });
      // The first try shows how much time the machine needs beside.
      expect(Date.now() - refusedAt).toBeLessThan(30_000 + (refusedAt - failedAt));
      expect(mailsTo(email)).toHaveLength(1);
      const rules = (await viewOf(id)).timeline.map(({ rule }) => rule);
      expect(rules).not.toContain("notice.undeliverable");
      const told = await until(
        () => mailsTo("operator@shop.example").map(({ subject }) => subject)[0],
        { what: "a mail to the operator" },
      );
      expect(told).toBe("For your information: emails do not go out");
    },
  );

  test("delays the attempt that it keeps from being announced, until the mail is out", async () => {
    const { inbox, sandbox } = stack;
    const email = "soft@example.com";
    inbox.refusals.sender = { status: 550, code: "5.7.1" };
    const id = await failing(email, "INSUFFICIENT_FUNDS");
    const due = await until(
      async () => {
        const { recovery } = await viewOf(id);
        return recovery.plan?.number === 2 ? recovery.plan.at : null;
      },
      { what: "the plan" },
    );
    // Some seconds longer than until the attempt is due.
    await delay(Math.max(due - Date.now(), 0) + 6_000);
    expect(mailsTo(email)).toHaveLength(0);
    expect(await chargesOf(id)).toBe(0);
    delete inbox.refusals.sender;
    await until(async () => (await chargesOf(id)) === 1, { what: "a charge" });
    expect(mailsTo(email)[0]?.subject).toContain("We will retry your payment of $29.00");
    await until(async () => (await sandbox.control.ledgerOf(id)).succeeded === 1, {
      what: "the payment",
    });
  });
});
