import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { caseOf, sendThrough } from "../../support/faults/flaky-smtp.ts";
import { startTestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

test("a notice arrives once through a faulty mail server, twice under one id if the server's answer was lost, and never if it was rejected", async () => {
  const { notices, operatorMails } = await sendThrough(20);
  expect(notices).toHaveLength(20);
  for (const { fault, copies, messageIds, outcome } of notices) {
    const { isRejected = false, isAnswerLost = false } = caseOf(fault);
    const expected = isRejected ? 0 : isAnswerLost ? 2 : 1;
    expect({ fault, copies }).toEqual({ fault, copies: expected });
    expect(messageIds).toBe(isRejected ? 0 : 1);
    expect(outcome).toBe(isRejected ? "undeliverable" : "sent");
  }
  // Two addresses and two senders were refused. The operator gets one email per cause at once; the other reports wait an hour.
  expect(operatorMails.toSorted()).toEqual([
    "For your information: Test Buyer: an email could not be delivered",
    "For your information: emails do not go out",
  ]);
});

test("charges keep their schedule while the address bounces, and while the mail server is down for weeks if no attempt is announced", async () => {
  const system = await startTestSystem({
    // Without announcements of retries: each email that cannot be sent is tried again for days.
    policy: { ...DEFAULT_POLICY, notices: { ...DEFAULT_POLICY.notices, beforeAttemptMs: 0 } },
    smtp: {
      faultFor: ([to = ""]) =>
        to.startsWith("bounces")
          ? { kind: "answer", status: 550, code: "5.1.1" }
          : { kind: "answer", status: 451 },
    },
  });
  try {
    const { control } = system.sandbox;
    const soft = { decline: "INSUFFICIENT_FUNDS" };
    for (const email of ["ada@example.com", "bounces@example.com"]) {
      const { subscriptionId } = await control.createSubscription({ onDemand: true, email });
      await control.script(subscriptionId, [soft, soft, soft], "succeed");
      await control.charge(subscriptionId);
      await until(async () => await system.readView(subscriptionId), { what: "the recovery" });
      const result = await system.runToEnd(subscriptionId);
      expect(result.outcome).toBe("recovered");
      const [debt] = result.debts;
      const days = debt?.attempts.map(({ startedAt }) =>
        Math.round((startedAt - (debt.firstFailedAt ?? 0)) / DAY_MS),
      );
      expect(days).toEqual([0, 3, 10, 17]);
    }
    expect(system.inbox.mails).toEqual([]);
  } finally {
    await system.close();
  }
});
