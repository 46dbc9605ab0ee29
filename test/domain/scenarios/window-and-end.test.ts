import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { PAUSE, RESUME, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import {
  DAY_MS,
  describeDecisions,
  MINUTE_MS,
  SECOND_MS,
  startScenario,
} from "../../support/domain/scenario.ts";
import { attention, decline, failing, LINK, outcome, SOFT, SUCCEED } from "./scenario.ts";

describe("the window's end", () => {
  test("cancels the subscription if the policy says so, after a final read", async () => {
    const policy: Policy = { ...DEFAULT_POLICY, onExhausted: "cancel" };
    const run = await failing("STOLEN_CARD", [], {}, policy);
    await run.untilOver();
    expect(run.dodo.status).toBe("cancelled");
    expect(outcome(run)).toBe("exhausted");
  });

  test("waits for a charge in flight", async () => {
    const policy: Policy = {
      ...DEFAULT_POLICY,
      windowMs: 4 * DAY_MS,
      quietEndMs: DAY_MS / 2,
      retry: { ...DEFAULT_POLICY.retry, gapsMs: [3 * DAY_MS] },
      notices: { ...DEFAULT_POLICY.notices, hardMs: [0] },
    };
    const run = await failing(
      "INSUFFICIENT_FUNDS",
      [{ kind: "stay", status: "processing" }],
      {},
      policy,
    );
    await run.until(5);
    expect(run.world.isOpen).toBe(true);
    run.dodo.end("pay_2", SUCCEED);
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
  });

  test("finds a payment without a webhook", async () => {
    const run = await failing("STOLEN_CARD");
    await run.until(20);
    run.world.deliver = () => null;
    run.dodo.customerChangesMethod("pm_2");
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
  });
});

describe("the recovery window", () => {
  test("runs again once a payment past its deadline has ended", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await run.until(8);
    expect(attention(run)).toEqual(["outcome_deadline"]);
    run.dodo.end("pay_2", decline("EXPIRED_CARD"));
    await run.untilOver();
    expect(run.world.results[0]?.outcome).toBe("exhausted");
  });

  test("stands still from the start if a pause came before the debt was known", async () => {
    const run = startScenario();
    run.dodo.merchantCharges(SOFT);
    await run.until(0, 12 * SECOND_MS);
    run.world.command(PAUSE);
    await run.until(41);
    run.world.command(RESUME);
    await run.untilOver();
    expect(run.world.results[0]?.outcome).toBe("recovered");
  });
});

describe("the end of a recovery", () => {
  test("does not cancel the subscription of a customer whom no mail reached", async () => {
    const policy: Policy = { ...DEFAULT_POLICY, onExhausted: "cancel" };
    const run = await failing("STOLEN_CARD", [], {}, policy);
    const other = startScenario({}, policy);
    other.world.mailer = async () =>
      await Promise.resolve({ kind: "rejected", detail: "SMTP 550" });
    other.dodo.merchantCharges(decline("STOLEN_CARD"));
    await Promise.all([run.untilOver(), other.untilOver()]);
    expect(run.dodo.status).toBe("cancelled");
    expect(other.dodo.status).toBe("on_hold");
  });

  test("waits for the payment that the customer has started", async () => {
    const run = await failing("EXPIRED_CARD");
    await run.until(1);
    run.world.command(LINK);
    await run.until(1, MINUTE_MS);
    Object.assign(run.dodo.payments[1] ?? {}, { status: "processing" });
    run.world.command(WRITE_OFF);
    await run.until(1, 2 * MINUTE_MS);
    run.dodo.end("pay_2", SUCCEED);
    await run.untilOver();
    expect(run.world.results[0]).toMatchObject({ outcome: "recovered", by: "link" });
  });

  test("is known to later webhooks after a person wrote an opening off", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [], { onDemand: false });
    run.world.command(WRITE_OFF);
    await run.untilOver();
    const [failed] = run.dodo.payments;
    if (failed === undefined) throw new Error("no payment");
    run.world.receive("payment.failed", run.dodo.paymentBody(failed), "msg_again");
    await run.until(5);
    expect(run.world.results.map(({ outcome }) => outcome)).toEqual([
      "written_off",
      "nothing_owed",
    ]);
  });

  test("sends nothing about a failed payment without an amount", async () => {
    const run = startScenario({ priceMinor: 0 });
    run.dodo.status = "active";
    run.dodo.merchantCharges(SOFT);
    await run.until(5);
    expect(run.world.mails).toEqual([]);
  });

  test("has an explanation in every decision", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.untilOver();
    expect(describeDecisions(run.world)).not.toMatch(/: \[|undefined|null/);
    expect(DAY_MS).toBeGreaterThan(0);
  });
});
