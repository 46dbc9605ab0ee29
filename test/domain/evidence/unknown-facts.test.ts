import { describe, expect, test } from "vitest";
import type { Body } from "../../../dev/model/bodies.ts";
import { DAY_MS, type Scenario, startScenario } from "../../support/domain/scenario.ts";
import { attention, collected, SOFT } from "../debt/failing-charge.ts";

/** The merchant's charge fails; Dodo's answers about the subscription lack a field, or have another value in it. */
async function failingWith(subscription: Readonly<Record<string, unknown>>): Promise<Scenario> {
  const played = startScenario();
  const body = played.dodo.subscriptionBody.bind(played.dodo);
  played.dodo.subscriptionBody = (): Body => ({
    ...body(),
    ...subscription,
  });
  played.dodo.merchantCharges(SOFT);
  await played.until(5);
  return played;
}

describe("a fact that Dodo does not give", () => {
  test.each([
    ["whether a cancellation is scheduled", { cancel_at_next_billing_date: null }],
    ["whether the subscription is on-demand", { on_demand: undefined }],
  ])(
    "is not false: where it does not say %s, nothing is charged and the operator is told",
    async (_what, given) => {
      const played = await failingWith(given);
      expect(collected(played)).toEqual([]);
      expect(played.dodo.mutations).toEqual([]);
      expect(played.world.alerts.map(({ cause }) => cause)).toContain("status_not_chargeable");
    },
  );

  test("is not zero: a failed payment without an amount blocks charges, and a person is asked", async () => {
    const played = startScenario();
    const body = played.dodo.paymentBody.bind(played.dodo);
    played.dodo.paymentBody = (payment) => ({
      ...body(payment),
      ...(payment.paymentId === "pay_2" ? { total_amount: null } : {}),
    });
    played.dodo.merchantCharges(SOFT);
    await played.until(1);
    played.timeline.at(played.timeline.now() + DAY_MS, () =>
      played.dodo.merchantCharges(SOFT, {}, 1_500),
    );
    await played.until(10);
    expect(played.dodo.mutations).toEqual([]);
    expect(attention(played)).not.toEqual([]);
  });

  test("is not zero: if the failed payment has no amount, a person is asked what is owed", async () => {
    const played = startScenario();
    const body = played.dodo.paymentBody.bind(played.dodo);
    played.dodo.paymentBody = (payment) => ({ ...body(payment), total_amount: null });
    played.dodo.merchantCharges(SOFT);
    await played.until(5);
    expect(attention(played)).toEqual(["unknown_amount"]);
    expect(played.dodo.mutations).toEqual([]);
  });
});
