import { describe, expect, test } from "vitest";
import {
  PAYMENT_FILTERS,
  PAYMENT_STATES,
  paymentStatus,
  SUBSCRIPTION_ACCESS,
  SUBSCRIPTION_FILTERS,
  subscriptionStatus,
} from "../../dodo/statuses.ts";
import { allowsCharges, awaitsPayment, hasEnded, isOpen } from "../../domain/state/payment.ts";
import { PAYMENT_STATUSES, SUBSCRIPTION_STATUSES } from "../../sandbox/model/state/statuses.ts";

/** Words that Dodo may introduce, and names of properties that every object has. */
const UNKNOWN = ["a_new_status", "Succeeded", "", "constructor", "__proto__", null];

describe("the table of statuses", () => {
  test("maps every payment status that the SDK knows, and no other", () => {
    expect(Object.keys(PAYMENT_STATES).toSorted()).toEqual([...PAYMENT_STATUSES].toSorted());
  });

  test("maps every subscription status that the SDK knows, and no other", () => {
    expect(Object.keys(SUBSCRIPTION_ACCESS).toSorted()).toEqual(
      [...SUBSCRIPTION_STATUSES].toSorted(),
    );
  });

  test.each(UNKNOWN)(
    "treats a payment with the status %j as processing, and keeps the word",
    (word) => {
      const status = paymentStatus(word);
      expect(status).toEqual({ state: "processing", dodoStatus: word });
      expect(isOpen(status)).toBe(true);
    },
  );

  test.each(UNKNOWN)("treats a subscription with the status %j as not chargeable", (word) => {
    const { access, dodoStatus } = subscriptionStatus(word);
    expect({ access, dodoStatus }).toEqual({ access: "unrecognized", dodoStatus: word });
    expect([allowsCharges(access), awaitsPayment(access), hasEnded(access)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test("filters Dodo's lists by words with the requested meaning", () => {
    for (const [state, word] of Object.entries(PAYMENT_FILTERS)) {
      expect(paymentStatus(word).state).toBe(state);
    }
    for (const [access, word] of Object.entries(SUBSCRIPTION_FILTERS)) {
      expect(subscriptionStatus(word).access).toBe(access);
    }
  });
});
