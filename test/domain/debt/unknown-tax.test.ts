import { describe, expect, test } from "vitest";
import type { ModelOptions } from "../../../dev/model/dodo.ts";
import type { ModelLineItems } from "../../../dev/model/ledger.ts";
import { refusalOf } from "../../../domain/commands.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { RETRY } from "../../support/domain/operator-commands.ts";
import {
  DAY_0,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  type Scenario,
  startScenario,
} from "../../support/domain/scenario.ts";
import { attention, collected, ends, NEW_DEBT, SOFT } from "./failing-charge.ts";

/** A price of USD 29.00 and 21 % tax on top: USD 35.09. A payment shows its tax only once it has succeeded. */
const WITHHELD: Partial<ModelOptions> = {
  priceMinor: 2_900,
  taxRate: 0.21,
  unsettledTax: "withheld",
  lineItems: "refused",
};

const NO_TAX: Policy = { ...DEFAULT_POLICY, unknownTax: "none" };

/** The merchant's charge fails. */
function failing(options: Partial<ModelOptions> = {}, policy?: Policy): Scenario {
  const played = startScenario({ ...WITHHELD, ...options }, policy);
  played.dodo.merchantCharges(SOFT);
  return played;
}

/** What each charge by Reprise asked for. */
const asked = ({ dodo }: Scenario): (number | undefined)[] =>
  dodo.mutations
    .filter(({ what }) => what === "charge")
    .map(({ requested }) => requested?.amountMinor);

const causes = ({ world }: Scenario): string[] => world.alerts.map(({ cause }) => cause);

const mails = ({ world }: Scenario): string[] =>
  world.mails.map(({ key }) => key.split("/").at(-1)?.split(".")[0] ?? "");

describe("the price of a failed payment whose tax Dodo does not give", () => {
  test.each<[what: string, lineItems: ModelLineItems]>([
    ["cannot be read", "refused"],
    ["show a tax of zero", "untaxed"],
    ["do not add up to the total", "partial"],
  ])("is unknown where its line items %s: nothing is charged", async (_what, lineItems) => {
    const played = failing({ lineItems });
    await played.untilOver();
    expect(asked(played)).toEqual([]);
    expect(collected(played)).toEqual([]);
    expect(ends(played)).toEqual(["3509 exhausted by reprise"]);
  });

  test("is unknown: the operator is told once, the customer at once and again", async () => {
    const played = failing();
    await played.until(0, HOUR_MS);
    expect(played.world.recovery?.customerAction?.reason).toBe("amount_unknown");
    expect(causes(played)).toEqual(["unknown_tax"]);
    expect(mails(played)).toEqual(["action_needed"]);
    await played.untilOver();
    expect(causes(played)).toEqual(["unknown_tax"]);
    expect(mails(played)).toEqual(Array(4).fill("action_needed"));
  });

  test("is unknown: the payment page collects what Dodo says is due", async () => {
    const played = failing();
    await played.until(1);
    played.dodo.customerChangesMethod("pm_2");
    await played.untilOver();
    expect(collected(played)).toEqual([3_509]);
    expect(ends(played)).toEqual(["3509 recovered by customer"]);
  });

  test("is unknown: a command to charge now is refused, with what to set", async () => {
    const played = failing();
    await played.until(1);
    const recovery = played.world.recovery;
    const refusal = recovery === null ? null : refusalOf(recovery, RETRY);
    expect(refusal).toMatchObject({ code: "not_applicable" });
    expect(refusal?.reason).toContain("`unknown_tax: none`");
    played.world.command(RETRY);
    await played.until(2);
    expect(asked(played)).toEqual([]);
  });

  test("is the total less the tax of line items that add up to it", async () => {
    const played = failing({ lineItems: "taxed" });
    await played.untilOver();
    expect(asked(played)).toEqual([2_900]);
    expect(collected(played)).toEqual([3_509]);
  });

  test("is the total where prices include tax", async () => {
    const played = failing({ taxInclusive: true });
    await played.untilOver();
    expect(asked(played)).toEqual([2_900]);
    expect(collected(played)).toEqual([2_900]);
  });

  test.each([
    ["some tax", 0.21, 3_509],
    ["no tax", 0, 2_900],
  ])("is derived from an earlier success of equal total with %s", async (_what, taxRate, total) => {
    const played = startScenario({ ...WITHHELD, taxRate });
    played.dodo.addEarlierSuccess(DAY_0 - 30 * DAY_MS);
    played.dodo.merchantCharges(SOFT);
    await played.untilOver();
    expect(asked(played)).toEqual([2_900]);
    expect(collected(played)).toEqual([total]);
  });

  test("is not derived from a success of another total", async () => {
    const played = startScenario(WITHHELD);
    played.dodo.addEarlierSuccess(DAY_0 - 30 * DAY_MS);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.untilOver();
    expect(asked(played)).toEqual([]);
  });

  test("is its total where the policy says that Dodo computes no tax", async () => {
    const played = failing({ taxRate: 0 }, NO_TAX);
    await played.untilOver();
    expect(asked(played)).toEqual([2_900]);
    expect(collected(played)).toEqual([2_900]);
    expect(causes(played)).toEqual([]);
  });

  test("is unknown in spite of that policy once another payment carried tax", async () => {
    const played = startScenario(WITHHELD, NO_TAX);
    played.dodo.addEarlierSuccess(DAY_0 - 30 * DAY_MS);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.untilOver();
    expect(asked(played)).toEqual([]);
    expect(played.world.alerts).toMatchObject([{ cause: "unknown_tax", setting: "none" }]);
  });

  test("follows line items that show tax, in spite of that policy", async () => {
    const played = failing({ lineItems: "taxed" }, NO_TAX);
    await played.untilOver();
    expect(asked(played)).toEqual([2_900]);
  });

  test("is derived later, once Dodo shows its line items: the schedule continues", async () => {
    const played = failing();
    await played.until(1);
    expect(played.world.recovery?.debt?.priceMinor).toBeNull();
    played.dodo.lineItems = "taxed";
    played.dodo.setStatus("on_hold", "subscription.on_hold");
    await played.untilOver();
    expect(asked(played)).toEqual([2_900]);
    expect(ends(played)).toEqual(["3509 recovered by attempt"]);
  });

  test("is not needed for Dodo's manual retry, which names no amount", async () => {
    const played = failing(
      { onDemand: false },
      { ...DEFAULT_POLICY, scheduledSubscriptions: "manage" },
    );
    await played.untilOver();
    expect(played.dodo.mutations.map(({ what }) => what)).toEqual(["manual retry"]);
    expect(collected(played)).toEqual([3_509]);
    expect(causes(played)).toEqual([]);
  });

  test("is found for a queued debt when its turn comes", async () => {
    const played = failing({ lineItems: "taxed" }, NEW_DEBT);
    await played.until(0, MINUTE_MS);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.untilOver();
    expect(asked(played)).toEqual([2_900, 1_500]);
    expect(ends(played)).toEqual(["3509 recovered by attempt", "1815 recovered by attempt"]);
  });

  test("stays unknown for a queued debt: the customer is asked when its turn comes", async () => {
    const played = startScenario(WITHHELD, NEW_DEBT);
    played.dodo.addEarlierSuccess(DAY_0 - 30 * DAY_MS);
    played.dodo.merchantCharges(SOFT);
    await played.until(0, MINUTE_MS);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.untilOver();
    expect(asked(played)).toEqual([2_900]);
    expect(ends(played)).toEqual(["3509 recovered by attempt", "1815 exhausted by reprise"]);
  });
});

describe("payments whose tax is unknown", () => {
  test("are one debt if their totals are equal: a later success settles the failure", async () => {
    const played = startScenario(WITHHELD);
    // The webhook of the failure comes late: the merchant has charged again.
    played.world.deliver = () => [HOUR_MS];
    played.dodo.merchantCharges(SOFT);
    played.timeline.at(DAY_0 + 10 * MINUTE_MS, () =>
      played.dodo.merchantCharges({ kind: "succeed" }),
    );
    await played.untilOver();
    expect(ends(played)).toEqual(["null nothing_owed by null"]);
    expect(collected(played)).toEqual([3_509]);
  });

  test("are one debt if both failed", async () => {
    const played = failing({ lineItems: "taxed" });
    played.dodo.merchantCharges(SOFT);
    await played.untilOver();
    expect(attention(played)).toEqual([]);
    expect(asked(played)).toEqual([2_900]);
    expect(ends(played)).toEqual(["3509 recovered by attempt"]);
  });
});
