import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import {
  DAY_MS,
  describeDecisions,
  HOUR_MS,
  startScenario,
} from "../../support/domain/scenario.ts";
import { attention, ends, failing, resume, SOFT } from "./failing-charge.ts";

describe("a customer's dispute", () => {
  test("in the last 180 days stops charges and notices until the operator resumes", async () => {
    const played = startScenario();
    played.dodo.dispute = { id: "dp_1", at: played.timeline.now() - 179 * DAY_MS };
    played.dodo.merchantCharges(SOFT);
    await played.until(20);
    expect(attention(played)).toEqual(["recent_dispute"]);
    expect(played.dodo.mutations).toEqual([]);
    expect(played.world.mails).toEqual([]);
    played.world.command(resume());
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 recovered by attempt"]);
  });

  test("of more than 180 days ago has no effect", async () => {
    const played = startScenario();
    played.dodo.dispute = { id: "dp_1", at: played.timeline.now() - 181 * DAY_MS };
    played.dodo.merchantCharges(SOFT);
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 recovered by attempt"]);
  });
});

describe("a scheduled cancellation", () => {
  test("stops the charges while the customer can still pay", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.cancelAtNextBillingDate = true;
    played.dodo.setStatus("on_hold", "subscription.plan_changed");
    await played.until(5);
    expect(played.world.recovery?.state).toBe("awaiting_customer");
    expect(played.dodo.mutations).toEqual([]);
    expect(played.world.mails.at(-1)?.key).toContain("action_needed");
  });

  test("lets the schedule continue once it is withdrawn", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.cancelAtNextBillingDate = true;
    played.dodo.setStatus("on_hold", "subscription.plan_changed");
    await played.until(1);
    played.dodo.cancelAtNextBillingDate = false;
    played.dodo.setStatus("on_hold", "subscription.plan_changed");
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 recovered by attempt"]);
  });

  test("without a webhook is found by the pre-charge check", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.cancelAtNextBillingDate = true;
    await played.until(4);
    expect(played.dodo.mutations).toEqual([]);
    expect(played.world.recovery?.state).toBe("awaiting_customer");
  });
});

describe("a grace period", () => {
  test("ends with a read of Dodo at the time that Dodo named, without a webhook", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.graceEndsAt = played.timeline.now() + HOUR_MS;
    played.dodo.setStatus("past_due", "subscription.past_due");
    await played.until(0, HOUR_MS / 2);
    expect(played.world.recovery?.graceEndsAt).toBe(played.dodo.graceEndsAt);
    played.dodo.status = "cancelled";
    await played.until(1, HOUR_MS);
    expect(ends(played)).toEqual(["2900 cancelled by dodo"]);
    expect(describeDecisions(played.world)).toContain("subscription.grace_ends");
  });
});
