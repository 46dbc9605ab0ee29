import { describe, expect, test } from "vitest";
import {
  attributesOf,
  changedAttributes,
  lastEnd,
} from "../../../domain/reporting/search-attributes.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import type { Recovery } from "../../../domain/state/recovery.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { failedPayment as failed, RecoveryDriver } from "../../support/domain/recovery-driver.ts";

const NEW = new RecoveryDriver().recovery;

/** The first payment is the current debt, and the others are queued. */
function opened(...payments: Payment[]): RecoveryDriver {
  const driver = new RecoveryDriver({ foreignCharges: "new_debt" });
  driver.open(payments);
  return driver;
}

describe("the search attributes of a recovery", () => {
  test("show the state alone before anything is known", () => {
    expect(attributesOf(NEW)).toEqual({
      state: "opening",
      nextAttemptAt: null,
      chargeUnknownSince: null,
    });
    expect(changedAttributes(NEW, NEW, 7)).toEqual({ state: "opening", stateSince: 7 });
  });

  test("show amount, decline code, customer and next attempt", () => {
    const { recovery } = opened(failed(1, { declineCode: "insufficient_funds" }));
    expect(attributesOf(recovery)).toEqual({
      state: "waiting",
      nextAttemptAt: recovery.plan?.at,
      chargeUnknownSince: null,
      amountDue: 1_000,
      declineCode: "INSUFFICIENT_FUNDS",
      declineClass: "soft",
      customerId: "cus_1",
      currency: "USD",
    });
  });

  test("add up the queued debts of the same currency that await no answer", () => {
    const { recovery } = opened(failed(1), failed(2), failed(3));
    expect(attributesOf(recovery).amountDue).toBe(6_000);
    const [second, third] = recovery.queue;
    if (second === undefined || third === undefined) throw new Error("two wait");
    const euros = { ...third, debt: { ...third.debt, currency: "EUR" } };
    expect(attributesOf({ ...recovery, queue: [second, euros] }).amountDue).toBe(3_000);
    const questioned = { ...third, awaitsAnswer: true };
    expect(attributesOf({ ...recovery, queue: [second, questioned] }).amountDue).toBe(3_000);
  });

  test("show the outcome, the last decline and nothing due after the end", () => {
    const driver = opened(failed(1));
    driver.command(WRITE_OFF);
    expect(attributesOf(driver.recovery)).toMatchObject({
      state: "ended",
      outcome: "written_off",
      amountDue: 0,
      declineCode: "INSUFFICIENT_FUNDS",
      currency: "USD",
      nextAttemptAt: null,
    });
  });

  test("show no outcome while a queued debt follows, or an opening is under way", () => {
    const driver = opened(failed(1), failed(2));
    driver.command(WRITE_OFF);
    expect(attributesOf(driver.recovery)).not.toHaveProperty("outcome");
    const reopened: Recovery = { ...driver.recovery, debt: null, opening: NEW.opening };
    expect(attributesOf(reopened)).not.toHaveProperty("outcome");
  });

  test("show since when the outcome of a charge is unknown, until there is evidence", () => {
    const { recovery } = opened(failed(1));
    const { plan } = recovery;
    if (plan === null) throw new Error("an attempt is planned");
    const started = {
      number: 2,
      trigger: "schedule",
      startedAt: 1_000,
      paymentId: null,
      effectId: null,
      plan,
    } as const;
    const inFlight: Recovery = {
      ...recovery,
      charge: { ...started, phase: "started", sentNoLaterThan: null },
    };
    const fenced: Recovery = {
      ...recovery,
      charge: { ...started, phase: "unknown", sentNoLaterThan: 5_000 },
    };
    expect(changedAttributes(inFlight, fenced, 9_000)).toEqual({ chargeUnknownSince: 5_000 });
    expect(changedAttributes(fenced, inFlight, 9_500)).toEqual({ chargeUnknownSince: null });
  });

  test("are updated only where they differ", () => {
    const driver = opened(failed(1));
    const before = driver.recovery;
    expect(changedAttributes(before, before, driver.now)).toBeNull();
    driver.command(WRITE_OFF);
    expect(changedAttributes(before, driver.recovery, driver.now)).toEqual({
      state: "ended",
      stateSince: driver.now,
      nextAttemptAt: null,
      outcome: "written_off",
      amountDue: 0,
    });
  });
});

test("takes the end of the last debt, even if a later opening found nothing", () => {
  const driver = opened(failed(1));
  driver.command(WRITE_OFF);
  const [end] = driver.recovery.ended;
  if (end === undefined) throw new Error("it has ended");
  const empty = { ...end, debtId: null };
  expect(lastEnd({ ...driver.recovery, ended: [empty, end, empty] })).toBe(end);
  expect(lastEnd({ ...driver.recovery, ended: [empty] })).toBe(empty);
  expect(lastEnd({ ...driver.recovery, ended: [] })).toBeUndefined();
});
