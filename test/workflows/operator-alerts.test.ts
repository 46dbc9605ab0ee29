import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { ReceivedMail } from "../../dev/local-stack/received-mail.ts";
import { skipTime } from "../../dev/temporal/skip-time.ts";
import type { Alert } from "../../domain/state/alert.ts";
import type { AttentionCause } from "../../domain/state/attention.ts";
import { parseSubscriptionId, recoveryIdOf } from "../../domain/values/ids.ts";
import { HOUR_MS, MINUTE_MS } from "../../domain/values/time.ts";
import { createDetachedWorkflows } from "../../worker/detached-workflows.ts";
import type { OperatorAlertsResult } from "../../workflows/alerts/operator-alerts.ts";
import { failedCharge } from "../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system.close());
beforeEach(() => {
  (system.inbox.mails as unknown[]).length = 0;
});

/** Reports as a worker's activity does: one report per number, each from a recovery of its own. */
async function report(alert: Alert, ...numbers: number[]): Promise<void> {
  const { report: send } = createDetachedWorkflows(system.client, system.taskQueue);
  for (const number of numbers) {
    const subscriptionId = parseSubscriptionId(`sub_${number}`);
    if (subscriptionId === null) throw new Error("not an id");
    const workflowId = recoveryIdOf(subscriptionId);
    await send({ alert, subscriptionId, workflowId, at: Date.now() });
  }
}

const alertsIdOf = (cause: AttentionCause): string => `alerts-${system.taskQueue}-${cause}`;

async function skip(cause: AttentionCause, durationMs: number): Promise<"reached" | "ended"> {
  const { nativeConnection } = system.environment;
  const { kind } = await skipTime(nativeConnection, "default", alertsIdOf(cause), durationMs);
  return kind === "ended" ? "ended" : "reached";
}

const mails = (): readonly ReceivedMail[] => system.inbox.mails;
const untilMails = async (count: number): Promise<void> => {
  await until(() => mails().length === count, { what: `${count} mails` });
};
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const OPEN = { cause: "outcome_deadline", paymentId: null, attemptKey: null } as const;

describe("operator alerts", () => {
  test("the operator gets a mail at once for the first report, and one an hour for all that follow", async () => {
    const cause = "outcome_deadline";
    await report(OPEN, 1);
    await untilMails(1);
    expect(mails()[0]?.subject).toBe(
      "Reprise needs you: sub_1: a payment has been open for too long",
    );
    await report(OPEN, ...numbers(2, 40));
    await skip(cause, 59 * MINUTE_MS);
    expect(mails()).toHaveLength(1);
    await skip(cause, 2 * MINUTE_MS);
    await untilMails(2);
    expect(mails()[1]?.subject).toBe(
      "Reprise needs you: sub_2 and 38 more: a payment has been open for too long",
    );
    expect(mails()[1]?.text).toContain("It was reported 39 times since the last mail.");
    expect(mails()[1]?.text).toContain("subscription sub_2 ");
    expect(mails()[1]?.text).toContain("and 19 more");
    expect(mails()[1]?.messageId).not.toBe(mails()[0]?.messageId);
    // An hour without reports ends the workflow; the next report is a first one again.
    expect(await skip(cause, 2 * HOUR_MS)).toBe("ended");
    const handle = system.client.workflow.getHandle(alertsIdOf(cause));
    expect((await handle.result()) as OperatorAlertsResult).toEqual({ mails: 2, unsent: 0 });
    await report(OPEN, 50);
    await untilMails(3);
  });

  test("an alert says what happened, what to do and where to look", async () => {
    await report({ cause: "unknown_outcome", attempt: 2, timesSent: 3 }, 7);
    await untilMails(1);
    const [mail] = mails();
    expect(mail?.to).toBe("operator@merchant.example");
    expect(mail?.text).toContain("A charge was sent, and nothing shows whether it happened.");
    expect(mail?.text).toContain("What to do: Look for the payment in Dodo.");
    const page = "https://temporal.merchant.example/namespaces/default/workflows";
    expect(mail?.text).toContain(`${page}/recovery-sub_7\n`);
    expect(mail?.html).toContain(`<a href="${page}/recovery-sub_7">`);
    expect(mail?.text).toContain('"Send an Update" sends one, with your name as {"by": "anna"}.');
    expect(mail?.text).toContain(`${page}?query=RecoveryState%20%3D%20%22needs_attention%22`);
  });

  test("each cause has its own mails, which do not wait for each other", async () => {
    await report({ cause: "merchant_code", declineCode: "INVALID_AMOUNT" }, 8);
    await report(
      { cause: "charge_blocked", why: "payment_pending", detail: "PREVIOUS_PAYMENT_PENDING" },
      8,
    );
    await untilMails(2);
    expect(new Set(mails().map(({ subject }) => subject)).size).toBe(2);
  });

  test("a report that is sent twice, as after a lost answer, counts once", async () => {
    const cause = "effect_failed";
    await report({ cause, effect: "read" }, 9);
    await untilMails(1);
    await report({ cause, effect: "read" }, 10, 10, 10);
    await skip(cause, HOUR_MS + MINUTE_MS);
    await untilMails(2);
    expect(mails()[1]?.subject).toBe("Reprise needs you: sub_10: a step failed for good");
  });

  test("reports that arrive while the mail server is down go out in one mail afterwards", async () => {
    const cause = "refused_request";
    const outages = Array<{ kind: "answer"; status: number }>(20).fill({
      kind: "answer",
      status: 450,
    });
    system.inbox.faults.push(...outages);
    await report({ cause, request: "charge", code: "A_NEW_CODE" }, 11);
    await until(() => system.inbox.faults.length < 20, { what: "the first try" });
    await report({ cause, request: "charge", code: "A_NEW_CODE" }, ...numbers(12, 15));
    system.inbox.faults.length = 0;
    await skip(cause, HOUR_MS);
    await untilMails(2);
    expect(mails().map(({ subject }) => subject)).toEqual([
      "Reprise needs you: sub_11: Dodo refused a request",
      "Reprise needs you: sub_12 and 3 more: Dodo refused a request",
    ]);
  });

  test("an alert counts every report of a flood that exceeds one run's history", async () => {
    const cause = "account_refused";
    const { report: send } = createDetachedWorkflows(system.client, system.taskQueue);
    const reportNumber = async (number: number): Promise<void> =>
      await send({
        alert: { cause, said: "UNAUTHORIZED" },
        subscriptionId: null,
        workflowId: `recovery-sub_${number}`,
        at: number,
      });
    await reportNumber(0);
    await untilMails(1);
    const count = inject("longEvents") + 200;
    for (let first = 1; first <= count; first += 50) {
      await Promise.all(numbers(first, first + 49).map(reportNumber));
    }
    await skip(cause, HOUR_MS + MINUTE_MS);
    await untilMails(2);
    expect(mails()[1]?.subject).toBe(
      `Reprise needs you: Dodo refuses the API key, and all charging is stopped (${count} times)`,
    );
  });

  test("many recoveries with the same fault cause one mail, through the worker itself", async () => {
    for (let count = 0; count < 5; count += 1) {
      await failedCharge(system, [{ decline: "A_CODE_OF_TOMORROW" }]);
    }
    const toOperator = (): readonly string[] => system.mailsTo("operator@merchant.example");
    await until(() => toOperator().length > 0, { what: "the first mail" });
    // The recoveries go on: they ask the customers. The name is the customer's at Dodo.
    expect(toOperator()).toEqual([
      "For your information: Test Buyer: a charge failed with an unknown code",
    ]);
    await skip("unknown_code", HOUR_MS + MINUTE_MS);
    await until(() => toOperator().length === 2, { what: "the mail of the others" });
    expect(toOperator()[1]).toBe(
      "For your information: Test Buyer and 3 more: a charge failed with an unknown code",
    );
  });

  test("a question to the operator says whom it is about, that it waits, and links to its recovery", async () => {
    const id = await failedCharge(system, [{ decline: "INVALID_AMOUNT" }]);
    // The mail of an earlier test may be less than an hour old.
    await skip("merchant_code", HOUR_MS + MINUTE_MS);
    const mail = await until(
      () => mails().find(({ subject }) => subject.startsWith("Reprise needs you: ")),
      { what: "the mail" },
    );
    expect(mail.subject).toBe(
      "Reprise needs you: Test Buyer: a charge failed for a reason on your side",
    );
    expect(mail.text).toContain(`/namespaces/default/workflows/recovery-${id}\n`);
    expect(mail.text).not.toContain("No recovery waits");
    const { recovery } = await system.readView(id);
    expect(JSON.stringify(recovery)).not.toContain("Test Buyer");
  });
});
