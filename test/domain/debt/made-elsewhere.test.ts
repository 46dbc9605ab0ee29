import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { MARK_PAID } from "../../support/domain/operator-commands.ts";
import {
  DAY_MS,
  describeDecisions,
  HOUR_MS,
  MINUTE_MS,
  startScenario,
} from "../../support/domain/scenario.ts";
import {
  attention,
  BY_KEY,
  collected,
  ends,
  failing,
  NEW_DEBT,
  resume,
  SAME_DEBT,
  SOFT,
} from "./failing-charge.ts";

describe("foreign_charges: ask", () => {
  test("queues a failed charge, and resume makes it a retry of the current debt", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.until(1);
    expect(attention(played)).toEqual(["second_debt"]);
    played.world.command(resume());
    await played.untilOver();
    expect(collected(played)).toEqual([2_900]);
    expect(ends(played)).toEqual(["2900 recovered by attempt"]);
  });

  test("collects a failed charge after the current debt when resumed with newDebt", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.until(1);
    played.world.command(resume(true));
    await played.untilOver();
    expect(collected(played)).toEqual([2_900, 1_500]);
  });

  test("raises the question again when the current debt ends before the answer", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.until(1);
    played.world.command(MARK_PAID);
    await played.until(10);
    expect(attention(played)).toEqual(["second_debt"]);
    expect(played.dodo.mutations).toEqual([]);
    played.world.command(resume());
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 recovered by operator", "1500 nothing_owed by operator"]);
    expect(played.dodo.mutations).toEqual([]);
  });

  test("makes several amounts of one opening separate debts when resumed with newDebt", async () => {
    const played = startScenario();
    played.world.deliver = () => null;
    played.dodo.merchantCharges(SOFT);
    await played.until(1);
    played.world.deliver = () => [1_000];
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.until(1, HOUR_MS);
    expect(attention(played)).toEqual(["several_failures"]);
    played.world.command(resume(true));
    await played.untilOver();
    expect(collected(played)).toEqual([2_900, 1_500]);
  });
});

describe("foreign_charges: new_debt", () => {
  test("charges the debt although a payment made elsewhere succeeded", async () => {
    const played = await failing(NEW_DEBT);
    played.timeline.at(played.timeline.now() + DAY_MS, () =>
      played.dodo.merchantCharges({ kind: "succeed" }, {}, 1_500),
    );
    await played.untilOver();
    expect(collected(played)).toEqual([1_500, 2_900]);
    expect(played.world.alerts).toEqual([]);
  });
});

describe("foreign_charges: same_debt", () => {
  test("takes a failure elsewhere for a retry and a success for the debt's payment", async () => {
    const played = await failing(SAME_DEBT);
    played.timeline.at(played.timeline.now() + DAY_MS, () =>
      played.dodo.merchantCharges(SOFT, {}, 1_500),
    );
    played.timeline.at(played.timeline.now() + 2 * DAY_MS, () =>
      played.dodo.merchantCharges({ kind: "succeed" }),
    );
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 recovered by merchant"]);
    expect(played.dodo.mutations).toEqual([]);
  });
});

describe("debt_key", () => {
  test("settles the debt by a merchant's retry with the same key", async () => {
    const played = await failing(BY_KEY, { metadata: { invoice_id: "in_1" } });
    played.timeline.at(played.timeline.now() + DAY_MS, () =>
      played.dodo.merchantCharges({ kind: "succeed" }, { invoice_id: "in_1" }, 1_000),
    );
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 recovered by merchant"]);
    expect(played.world.alerts).toEqual([]);
  });

  test("queues a failure with another key, and a success with that key pays only that debt", async () => {
    const played = await failing(BY_KEY, { metadata: { invoice_id: "in_1" } });
    played.timeline.at(played.timeline.now() + HOUR_MS, () =>
      played.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500),
    );
    await played.until(1);
    expect(played.world.recovery?.queue.map(({ debt }) => debt.debtKey)).toEqual(["in_2"]);
    played.dodo.merchantCharges({ kind: "succeed" }, { invoice_id: "in_2" }, 1_500);
    await played.untilOver();
    expect(ends(played)).toEqual(["1500 recovered by merchant", "2900 recovered by attempt"]);
    expect(collected(played)).toEqual([1_500, 2_900]);
  });

  test("asks the operator about a failure whose key is also the subscription's", async () => {
    const played = startScenario({}, BY_KEY);
    played.dodo.metadata = { invoice_id: "plan_1" };
    played.dodo.merchantCharges(SOFT, { invoice_id: "plan_1" });
    await played.until(0, MINUTE_MS);
    played.dodo.merchantCharges(SOFT, { invoice_id: "plan_1" }, 1_500);
    await played.until(1);
    expect(attention(played)).toEqual(["second_debt"]);
  });

  test("is copied to our own attempts", async () => {
    const played = await failing(BY_KEY, { metadata: { invoice_id: "in_1" } });
    await played.untilOver();
    expect(played.dodo.succeeded[0]?.metadata["invoice_id"]).toBe("in_1");
    expect(describeDecisions(played.world)).toContain("recovered: paid by attempt");
  });

  test("tells several failures of one opening apart", async () => {
    const played = startScenario({}, BY_KEY);
    played.world.deliver = () => null;
    played.dodo.merchantCharges(SOFT, { invoice_id: "in_1" });
    played.dodo.merchantCharges(SOFT, { invoice_id: "in_1" });
    await played.until(1);
    played.world.deliver = () => [1_000];
    played.dodo.merchantCharges(SOFT, { invoice_id: "in_2" });
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 recovered by attempt", "2900 recovered by attempt"]);
    const keys = played.dodo.succeeded.map(({ metadata }) => metadata["recovery_attempt"]);
    expect(keys).toEqual(["pay_1.3", "pay_3.2"]);
  });
});
