import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY, type Policy } from "../../domain/policy.ts";
import type { Publication } from "../../domain/publication.ts";
import type { Mode } from "../../domain/recovery.ts";
import type { Verdict } from "../../local/model/dodo.ts";
import { DAY_MS, MINUTE_MS, story, type Story } from "../support/story.ts";

const decline = (code: string): Verdict => ({ kind: "decline", code });
const SOFT = decline("INSUFFICIENT_FUNDS");

function telling(policy: Policy = DEFAULT_POLICY, mode: Mode = "act"): Story {
  const told = story({}, policy, mode);
  told.world.publishes = true;
  return told;
}

async function failing(first: Verdict, ...then: readonly Verdict[]): Promise<Story> {
  const told = telling();
  told.dodo.verdicts.push(...then);
  told.dodo.merchantCharges(first);
  await told.until(0, MINUTE_MS);
  return told;
}

const types = ({ world }: Story): string[] =>
  world.published.map(({ type }) => type.replace("recovery.", ""));
const last = ({ world }: Story): Publication | undefined => world.published.at(-1);

describe("the merchant's systems are told", () => {
  test("that a recovery opens, each attempt that fails, and that it was recovered", async () => {
    const told = await failing(SOFT, SOFT, { kind: "succeed" });
    expect(types(told)).toEqual(["opened"]);
    expect(told.world.published[0]).toMatchObject({
      state: "waiting",
      outcome: null,
      amountMinor: 2_900,
      currency: "USD",
      declineCode: "INSUFFICIENT_FUNDS",
      declineClass: "soft",
      attempts: 1,
      nextAttemptAt: told.world.recovery?.plan?.at,
      debtId: told.world.recovery?.debt?.id,
    });
    await told.untilOver();
    expect(types(told)).toEqual(["opened", "attempt_failed", "recovered"]);
    expect(told.world.published[1]).toMatchObject({ attempts: 2, state: "waiting" });
    expect(last(told)).toMatchObject({
      state: "ended",
      outcome: "recovered",
      by: "attempt",
      attempts: 3,
      nextAttemptAt: null,
    });
  });

  test("when the customer must act: at once after a hard decline, and at the schedule's end", async () => {
    const hard = await failing(decline("EXPIRED_CARD"));
    expect(types(hard)).toEqual(["opened", "action_required"]);
    expect(last(hard)).toMatchObject({ state: "awaiting_customer", declineClass: "hard" });
    await hard.untilOver();
    expect(types(hard)).toEqual(["opened", "action_required", "exhausted"]);
    const soft = await failing(SOFT, SOFT, SOFT, SOFT);
    await soft.untilOver();
    expect(types(soft)).toEqual([
      "opened",
      "attempt_failed",
      "attempt_failed",
      "attempt_failed",
      "action_required",
      "exhausted",
    ]);
  });

  test("that a person is needed, with the cause", async () => {
    const told = await failing(decline("INVALID_AMOUNT"));
    expect(types(told)).toEqual(["opened", "needs_attention"]);
    expect(last(told)).toMatchObject({ state: "needs_attention", cause: "merchant_code" });
    told.world.command({ action: "write_off", by: "anna", note: "" });
    await told.untilOver();
    expect(types(told)).toEqual(["opened", "needs_attention", "written_off"]);
    expect(JSON.stringify(told.world.published)).not.toContain("anna");
  });

  test("that the subscription was cancelled", async () => {
    const told = await failing(SOFT);
    told.dodo.setStatus("cancelled", "subscription.cancelled");
    await told.untilOver();
    expect(types(told)).toEqual(["opened", "cancelled"]);
  });

  test("that nothing is owed after all, where they were told that something was", async () => {
    const told = await failing(SOFT);
    told.dodo.metadata = { reprise: "off" };
    told.dodo.setStatus("on_hold", "subscription.on_hold");
    await told.untilOver();
    expect(types(told)).toEqual(["opened", "nothing_owed"]);
  });

  test("of each debt by itself, in order", async () => {
    const told = telling({ ...DEFAULT_POLICY, debtKey: "invoice_id" });
    told.dodo.verdicts.push({ kind: "succeed" }, { kind: "succeed" });
    told.dodo.merchantCharges(SOFT, { invoice_id: "in_1" });
    await told.until(1);
    told.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500);
    await told.untilOver();
    expect(told.world.published.map(({ type, amountMinor }) => [type, amountMinor])).toEqual([
      ["recovery.opened", 2_900],
      ["recovery.opened", 1_500],
      ["recovery.recovered", 2_900],
      ["recovery.recovered", 1_500],
    ]);
  });
});

describe("the merchant's systems are told nothing", () => {
  test("of a charge that is paid before anything was done about it", async () => {
    const told = telling();
    told.dodo.merchantCharges(SOFT);
    told.dodo.merchantCharges({ kind: "succeed" });
    await told.untilOver();
    expect(told.world.results[0]?.outcome).toBe("nothing_owed");
    expect(types(told)).toEqual([]);
  });

  test("in shadow mode, and without an address", async () => {
    const shadow = telling(DEFAULT_POLICY, "shadow");
    const nowhere = story();
    for (const told of [shadow, nowhere]) {
      told.dodo.merchantCharges(SOFT);
      await told.untilOver();
      expect(types(told)).toEqual([]);
    }
  });
});

describe("a publication", () => {
  test("has an id of its own, also in a later run of the same subscription", async () => {
    const told = await failing(SOFT, { kind: "succeed" });
    await told.untilOver();
    told.dodo.merchantCharges(SOFT);
    await told.until(60);
    const ids = told.world.published.map(({ id }) => id);
    expect(told.world.runs.length).toBe(2);
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(ids).size).toBe(ids.length);
    // A full stop would end it early in what is signed.
    for (const id of ids) expect(id).toMatch(/^recovery-[A-Za-z0-9_-]+$/);
  });

  test("waits for the hand-over before it, and goes with what came meanwhile", async () => {
    const told = await failing(SOFT, SOFT);
    const handOvers = told.world.decisions.flatMap(({ decision }) =>
      decision.effects.filter(({ kind }) => kind === "publish"),
    );
    expect(handOvers.length).toBe(1);
    for (const { recovery } of told.world.decisions) {
      const under = Object.values(recovery.pending).filter(({ kind }) => kind === "publish");
      expect(under.length).toBeLessThanOrEqual(1);
      if (recovery.outbox.length > 0) expect(under.length).toBe(1);
    }
  });

  test("that could not be handed over is told to the operator, and the recovery goes on", async () => {
    const told = telling();
    told.world.handsOver = false;
    told.dodo.verdicts.push({ kind: "succeed" });
    told.dodo.merchantCharges(SOFT);
    await told.until(1, DAY_MS);
    expect(told.world.told.map(({ cause }) => cause)).toEqual(["webhook_undelivered"]);
    expect(told.world.recovery?.state).toBe("waiting");
    await told.untilOver();
    expect(told.world.results[0]?.outcome).toBe("recovered");
  });
});
