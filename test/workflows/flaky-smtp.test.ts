import { expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import { IS_LOST, sendThrough } from "../support/flaky-smtp.ts";
import { openStage } from "../support/stage.ts";
import { until } from "../support/until.ts";

test("a notice arrives once through a mail server on its bad days, twice under one id where its answer was lost, and not where it refused", async () => {
  const { told, operatorMails } = await sendThrough(18);
  expect(told).toHaveLength(18);
  for (const { day, copies, messageIds, outcome } of told) {
    const isRefused = day.includes("for good");
    const expected = isRefused ? 0 : IS_LOST.includes(day) ? 2 : 1;
    expect({ day, copies }).toEqual({ day, copies: expected });
    expect(messageIds).toBe(isRefused ? 0 : 1);
    expect(outcome.kind).toBe(isRefused ? "undeliverable" : "sent");
  }
  // Two were refused; the second one waits for the hour's mail.
  expect(operatorMails).toEqual(["Reprise needs you: undeliverable"]);
}, 90_000);

test("a mail server that is down for weeks holds up no charge, nor does an address that bounces", async () => {
  const stage = await openStage({
    // Without the reminders: each mail that waits is tried for days.
    policy: { ...DEFAULT_POLICY, notices: { ...DEFAULT_POLICY.notices, beforeAttemptMs: 0 } },
    smtp: {
      faultFor: ([to = ""]) => ({ kind: "answer", status: to.startsWith("bounces") ? 550 : 451 }),
    },
  });
  try {
    const { control } = stage.sandbox;
    const soft = { decline: "INSUFFICIENT_FUNDS" };
    for (const email of ["ada@example.com", "bounces@example.com"]) {
      const { subscriptionId } = await control.createSubscription({ onDemand: true, email });
      await control.script(subscriptionId, [soft, soft, soft], "succeed");
      await control.charge(subscriptionId);
      await until(async () => await stage.view(subscriptionId), { what: "the recovery" });
      const result = await stage.play(subscriptionId);
      expect(result.outcome).toBe("recovered");
      const [debt] = result.debts;
      const days = debt?.attempts.map(({ startedAt }) =>
        Math.round((startedAt - (debt.firstFailedAt ?? 0)) / DAY_MS),
      );
      expect(days).toEqual([0, 3, 10, 17]);
    }
    expect(stage.inbox.mails).toEqual([]);
  } finally {
    await stage.close();
  }
}, 90_000);
