import { describe, expect, test } from "vitest";
import {
  attributesOf,
  changedAttributes,
  lastEnd,
} from "../../../domain/reporting/search-attributes.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import type { Recovery } from "../../../domain/state/recovery.ts";
import { Deciding, failedPayment as failed } from "../../support/domain/recovery-driver.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";

const NEW = new Deciding().recovery;

/** One debt that is worked, and others that wait. */
function opened(...payments: Payment[]): Deciding {
  const deciding = new Deciding({ foreignCharges: "new_debt" });
  deciding.open(payments);
  return deciding;
}

describe("what lists show of a recovery", () => {
  test("before anything is known is its state alone", () => {
    expect(attributesOf(NEW)).toEqual({ state: "opening", nextAttemptAt: null });
    expect(changedAttributes(NEW, NEW)).toEqual({ state: "opening" });
  });

  test("is its amount, its decline by Dodo's name, its customer and its next attempt", () => {
    const { recovery } = opened(failed(1, { declineCode: "insufficient_funds" }));
    expect(attributesOf(recovery)).toEqual({
      state: "waiting",
      nextAttemptAt: recovery.plan?.at,
      amountDue: 1_000,
      declineCode: "INSUFFICIENT_FUNDS",
      declineClass: "soft",
      customerId: "cus_1",
      currency: "USD",
    });
  });

  test("adds the debts that wait, of the same currency, and none that a person was asked about", () => {
    const { recovery } = opened(failed(1), failed(2), failed(3));
    expect(attributesOf(recovery).amountDue).toBe(6_000);
    const [second, third] = recovery.queue;
    if (second === undefined || third === undefined) throw new Error("two wait");
    const euros = { ...third, debt: { ...third.debt, currency: "EUR" } };
    expect(attributesOf({ ...recovery, queue: [second, euros] }).amountDue).toBe(3_000);
    const asked = { ...third, awaitsAnswer: true };
    expect(attributesOf({ ...recovery, queue: [second, asked] }).amountDue).toBe(3_000);
  });

  test("after the end is how it ended, with the last decline, and nothing due", () => {
    const deciding = opened(failed(1));
    deciding.command(WRITE_OFF);
    expect(attributesOf(deciding.recovery)).toMatchObject({
      state: "ended",
      outcome: "written_off",
      amountDue: 0,
      declineCode: "INSUFFICIENT_FUNDS",
      currency: "USD",
      nextAttemptAt: null,
    });
  });

  test("is no end while a next debt is worked, or something is looked for", () => {
    const deciding = opened(failed(1), failed(2));
    deciding.command(WRITE_OFF);
    expect(attributesOf(deciding.recovery)).not.toHaveProperty("outcome");
    const looking: Recovery = { ...deciding.recovery, debt: null, opening: NEW.opening };
    expect(attributesOf(looking)).not.toHaveProperty("outcome");
  });

  test("changes by what differs, and not where nothing does", () => {
    const deciding = opened(failed(1));
    const before = deciding.recovery;
    expect(changedAttributes(before, before)).toBeNull();
    deciding.command(WRITE_OFF);
    expect(changedAttributes(before, deciding.recovery)).toEqual({
      state: "ended",
      nextAttemptAt: null,
      outcome: "written_off",
      amountDue: 0,
    });
  });
});

test("the end that counts is the last debt's; an empty look afterwards does not hide it", () => {
  const deciding = opened(failed(1));
  deciding.command(WRITE_OFF);
  const [end] = deciding.recovery.ended;
  if (end === undefined) throw new Error("it has ended");
  const empty = { ...end, debtId: null };
  expect(lastEnd({ ...deciding.recovery, ended: [empty, end, empty] })).toBe(end);
  expect(lastEnd({ ...deciding.recovery, ended: [empty] })).toBe(empty);
  expect(lastEnd({ ...deciding.recovery, ended: [] })).toBeUndefined();
});
