import { describe, expect, test } from "vitest";
import type { RecoveryPort } from "../../../dodo/port.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";
import {
  DAY_MS,
  dayOf,
  HOUR_MS,
  MINUTE_MS,
  type Scenario,
  startScenario,
} from "../../support/domain/scenario.ts";
import { attention, collected, ends, failing, resume, SOFT } from "./failing-charge.ts";

const END: Policy = { ...DEFAULT_POLICY, replacedBy: "end" };
const IGNORE: Policy = { ...DEFAULT_POLICY, replacedBy: "ignore" };

const charges = ({ dodo }: Scenario): readonly string[] =>
  dodo.mutations.filter(({ what }) => what === "charge").map(({ at }) => dayOf(at));
const mails = ({ world }: Scenario): readonly string[] =>
  world.mails.map(({ key, at }) => `${dayOf(at)} ${key.split("/").at(-1) ?? ""}`);

/** A failed charge at a Dodo that answers some reads in another way. */
async function failingAt(api: Partial<RecoveryPort>): Promise<Scenario> {
  const played = startScenario();
  played.world.api = { ...played.world.api, ...api };
  played.dodo.merchantCharges(SOFT);
  await played.until(0, MINUTE_MS);
  return played;
}

describe("a customer who buys the same product again after a failed charge", () => {
  test("is neither charged nor written to for the old subscription until a person decides", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.customerBuys();
    await played.until(20);
    expect(charges(played)).toEqual([]);
    expect(mails(played)).toEqual([]);
    expect(attention(played)).toEqual(["bought_again"]);
    expect(played.world.alerts).toMatchObject([
      {
        cause: "bought_again",
        paymentId: "pay_of_sub_1_other_1_1",
        subscriptionId: "sub_1_other_1",
      },
    ]);
  });

  test("is charged for the old one after resume, announced first, and never asked about again", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.customerBuys();
    await played.until(5);
    expect(attention(played)).toEqual(["bought_again"]);
    played.world.command(resume());
    await played.untilOver();
    expect(mails(played)[0]).toBe("day 5 13:10:00 payment_failed");
    expect(collected(played)).toEqual([2_900]);
    const [announced] = played.world.mails;
    const [charged] = played.dodo.mutations;
    expect((charged?.at ?? 0) - (announced?.at ?? 0)).toBeGreaterThan(20 * HOUR_MS);
    expect(played.world.alerts.map(({ cause }) => cause)).toEqual(["bought_again"]);
  });

  test("is asked about again after another purchase", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.customerBuys();
    await played.until(1);
    played.world.command(resume());
    await played.until(1, HOUR_MS);
    expect(attention(played)).toEqual([]);
    played.dodo.customerBuys();
    await played.until(6);
    expect(charges(played)).toEqual([]);
    expect(attention(played)).toEqual(["bought_again"]);
  });

  test("ends the debt as written off when the operator says so", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.customerBuys();
    await played.until(2);
    played.world.command(WRITE_OFF);
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 written_off by operator"]);
    expect(charges(played)).toEqual([]);
  });

  test("stops an attempt that was announced before the purchase", async () => {
    const played = await failing(DEFAULT_POLICY);
    await played.until(2, HOUR_MS);
    expect(mails(played)).toHaveLength(2);
    played.dodo.customerBuys();
    await played.until(5);
    expect(charges(played)).toEqual([]);
    expect(attention(played)).toEqual(["bought_again"]);
    // The announced day has passed by more than a day, so the attempt moves and is announced again.
    played.world.command(resume());
    await played.untilOver();
    expect(mails(played)[2]).toMatch(/retry_ahead\.2\.moved1/);
    expect(collected(played)).toEqual([2_900]);
  });

  test("is not asked to pay for the old one after a decline that only a customer can fix", async () => {
    const played = startScenario();
    played.dodo.merchantCharges({ kind: "decline", code: "EXPIRED_CARD" });
    await played.until(0, MINUTE_MS);
    const before = mails(played).length;
    expect(before).toBe(1);
    played.dodo.customerBuys();
    await played.until(20);
    expect(mails(played)).toHaveLength(before);
    expect(attention(played)).toEqual(["bought_again"]);
  });
});

describe("replaced_by: end", () => {
  test("ends the debt as nothing_owed, with the new payment as evidence", async () => {
    const played = await failing(END);
    played.dodo.customerBuys();
    await played.untilOver();
    expect(charges(played)).toEqual([]);
    expect(mails(played)).toEqual([]);
    expect(played.world.results[0]?.debts).toMatchObject([
      {
        outcome: "nothing_owed",
        by: "customer",
        rule: "payment.replaced",
        paymentId: "pay_of_sub_1_other_1_1",
      },
    ]);
    expect(played.world.alerts).toEqual([]);
  });

  test("ends it at the attempt if the customer bought after the announcement", async () => {
    const played = await failing(END);
    await played.until(2, HOUR_MS);
    played.dodo.customerBuys();
    await played.untilOver();
    expect(charges(played)).toEqual([]);
    expect(ends(played)).toEqual(["2900 nothing_owed by customer"]);
  });
});

describe("replaced_by: ignore", () => {
  test("charges and writes as if the customer had bought nothing", async () => {
    const played = await failing(IGNORE);
    played.dodo.customerBuys();
    await played.untilOver();
    expect(mails(played)).toHaveLength(3);
    expect(collected(played)).toEqual([2_900]);
  });
});

describe("a payment for another subscription that replaces nothing", () => {
  test("of a second seat's renewal, which is older than the failure, does not stop the attempt", async () => {
    const played = await failing(DEFAULT_POLICY);
    const seat = played.dodo.addOther("pdt_1", played.timeline.now() - 40 * DAY_MS);
    played.dodo.payForOther(seat);
    await played.untilOver();
    expect(collected(played)).toEqual([2_900]);
    expect(played.world.alerts).toEqual([]);
  });

  test("to another product does not stop the attempt", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.customerBuys("pdt_2");
    await played.untilOver();
    expect(collected(played)).toEqual([2_900]);
    expect(played.world.alerts).toEqual([]);
  });

  test("of a free trial or a failed checkout does not stop the attempt", async () => {
    const played = await failing(DEFAULT_POLICY);
    const [trial] = played.dodo.customerBuys().payments;
    const [failed] = played.dodo.customerBuys().payments;
    Object.assign(trial ?? {}, { totalMinor: 0 });
    Object.assign(failed ?? {}, { status: "failed" });
    await played.untilOver();
    expect(collected(played)).toEqual([2_900]);
  });
});

describe("payments of a customer that cannot be judged", () => {
  test("stop nothing, and the operator is told once", async () => {
    const played = await failingAt({ customerPayments: async () => await Promise.resolve(null) });
    await played.untilOver();
    expect(collected(played)).toEqual([2_900]);
    expect(played.world.alerts).toMatchObject([
      { cause: "customer_payments_unknown", why: "too_many" },
    ]);
  });

  test("for a product that Dodo does not name stop nothing, and the operator is told once", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.customerBuys("");
    await played.untilOver();
    expect(collected(played)).toEqual([2_900]);
    expect(played.world.alerts).toMatchObject([
      { cause: "customer_payments_unknown", why: "no_product" },
    ]);
  });

  test("never prove that a payment of the subscription is absent", async () => {
    // The customer's list is empty, although the subscription's has a payment that is under way.
    const played = await failingAt({ customerPayments: async () => await Promise.resolve([]) });
    played.dodo.merchantCharges({ kind: "stay", status: "processing" });
    await played.until(5);
    expect(charges(played)).toEqual([]);
  });
});
