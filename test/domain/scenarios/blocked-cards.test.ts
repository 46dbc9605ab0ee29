import { describe, expect, test } from "vitest";
import { RESUME, RETRY, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { HOUR_MS, MINUTE_MS, startScenario } from "../../support/domain/scenario.ts";
import { charges, decline, failing, SOFT, SUCCEED } from "./scenario.ts";

describe("a blocked card", () => {
  test("is not charged when the customer returns to it", async () => {
    const run = await failing("STOLEN_CARD", [], { holdsOnFailure: false });
    await run.until(1);
    run.dodo.customerChangesMethod("pm_2");
    await run.until(1, MINUTE_MS);
    run.dodo.customerChangesMethod("pm_1");
    await run.until(29);
    expect(charges(run)).toBe(0);
  });

  test("is not charged when the webhook of the customer's return to it is lost", async () => {
    const run = await failing("STOLEN_CARD", [], { holdsOnFailure: false });
    await run.until(1);
    run.dodo.customerChangesMethod("pm_2");
    await run.until(1, MINUTE_MS);
    run.world.deliver = () => null;
    run.dodo.customerChangesMethod("pm_1");
    await run.until(29);
    expect(charges(run)).toBe(0);
  });

  test("stays blocked through the decline of another card", async () => {
    const run = await failing("STOLEN_CARD", [SOFT], { holdsOnFailure: false });
    await run.until(1);
    run.dodo.customerChangesMethod("pm_2");
    await run.until(2);
    expect(charges(run)).toBe(1);
    run.dodo.customerChangesMethod("pm_1");
    await run.until(2, MINUTE_MS);
    const command = run.world.command(RETRY);
    await run.until(29);
    expect(charges(run)).toBe(1);
    expect(run.world.replies.get(command)).toMatchObject({ ok: false });
  });

  test("is blocked by a decline of the merchant's own charge", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(1);
    run.dodo.merchantCharges(decline("STOLEN_CARD"));
    await run.until(1, HOUR_MS);
    run.world.command(RESUME);
    await run.until(29);
    expect(charges(run)).toBe(0);
  });

  test("is charged again once it has paid for something", async () => {
    const run = startScenario({ holdsOnFailure: false });
    run.dodo.merchantCharges(decline("EXPIRED_CARD"));
    await run.until(0, HOUR_MS);
    run.world.command(WRITE_OFF);
    await run.until(2);
    run.dodo.merchantCharges(SUCCEED);
    await run.until(3);
    run.dodo.merchantCharges(SOFT);
    await run.untilOver();
    await run.until(40);
    expect(charges(run)).toBe(1);
  });

  test("is left to Dodo's collection when it replaces a card on a hold", async () => {
    const run = await failing("EXPIRED_CARD");
    await run.until(1);
    run.dodo.customerChangesMethod("pm_2", decline("STOLEN_CARD"));
    run.dodo.methodId = "pm_2";
    await run.until(29);
    expect(charges(run)).toBe(0);
  });

  test("keeps within eight charges when the customer changes cards back and forth", async () => {
    const soft = Array.from({ length: 40 }, () => SOFT);
    const run = await failing("AUTHENTICATION_REQUIRED", soft, { holdsOnFailure: false });
    for (let day = 1; day < 26; day += 1) {
      await run.until(day);
      run.dodo.customerChangesMethod(day % 2 === 0 ? "pm_1" : "pm_2");
    }
    await run.until(29);
    const charged = run.dodo.payments.filter(({ totalMinor }) => totalMinor > 0);
    expect(charged.length).toBeLessThanOrEqual(8);
  });
});
