import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import { chargeRequested, foreignPayment } from "../../../dev/model/events.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { publicationsDue } from "../../../domain/reporting/publication.ts";
import type { Mode } from "../../../domain/state/outcome.ts";
import type { Publication } from "../../../domain/state/publication.ts";
import type { Recovery } from "../../../domain/state/recovery.ts";
import { Deciding } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { DAY_0, DAY_MS, MINUTE_MS, story, type Story } from "../../support/domain/scenario.ts";

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
    told.world.command(WRITE_OFF);
    await told.untilOver();
    expect(types(told)).toEqual(["opened", "needs_attention", "written_off"]);
    expect(JSON.stringify(told.world.published)).not.toContain("anna");
  });

  test("that a person is needed although it is not known what is owed", async () => {
    const told = telling();
    told.dodo.merchantCharges(SOFT);
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(0, MINUTE_MS);
    expect(told.world.published).toMatchObject([
      {
        type: "recovery.needs_attention",
        cause: "several_failures",
        customerId: "cus_1",
        debtId: null,
        amountMinor: null,
        currency: null,
        declineCode: null,
        declineClass: null,
        attempts: 0,
        nextAttemptAt: null,
        outcome: null,
        by: null,
      },
    ]);
  });

  test("that another failure needs a person's word, of the debt at work and not as a debt", async () => {
    const told = await failing(SOFT);
    const { debt } = told.world.recovery ?? {};
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(0, 10 * MINUTE_MS);
    expect(types(told)).toEqual(["opened", "needs_attention"]);
    expect(last(told)).toMatchObject({ cause: "second_debt", debtId: debt?.id, attempts: 1 });
  });

  test("that a charge they asked of us was collected, and nothing else of it", async () => {
    const told = telling();
    told.world.ask(chargeRequested(told.timeline.now()));
    await told.untilOver();
    expect(types(told)).toEqual(["collected"]);
    expect(last(told)).toMatchObject({ outcome: "collected", attempts: 1, declineCode: null });
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

describe("a decision", () => {
  const FAILED = foreignPayment(DAY_0, { paymentId: id("pay_1"), declineCode: "EXPIRED_CARD" });
  const attention = (...causes: [string, number][]): Recovery["attention"] =>
    causes.map(([cause, since]) => ({ cause, since, detail: "" })) as never;

  /** The causes told of one decision that changes what waits for a person. */
  function causesTold(before: Recovery["attention"], after: Recovery["attention"]): unknown[] {
    const { recovery } = opened();
    const due = publicationsDue(
      { ...recovery, attention: before },
      { ...recovery, attention: after },
      DAY_0,
    );
    return due.map(({ cause }) => cause);
  }

  function opened(): Deciding {
    const deciding = new Deciding();
    deciding.open([FAILED]);
    return deciding;
  }

  test("says in its reasons what is to be told", async () => {
    const told = await failing(decline("EXPIRED_CARD"));
    const { decision } =
      told.world.decisions.find(({ decision: { effects } }) =>
        effects.some(({ kind }) => kind === "publish"),
      ) ?? {};
    expect(decision?.reason).toContain("to be told: recovery.opened, recovery.action_required");
    await told.untilOver();
    const said = told.world.decisions.filter((one) => one.decision.reason.includes("to be told"));
    expect(said).toHaveLength(2);
    const openedAt = told.world.runs[0]?.openedAt;
    expect(told.world.published.map((one) => one.id)).toEqual(
      [1, 2, 3].map((number) => `recovery-sub_1-${openedAt}-${number}`),
    );
  });

  test("that changes nothing tells nothing, and says nothing of it", () => {
    const deciding = opened();
    const { recovery } = deciding;
    expect(publicationsDue(recovery, recovery, DAY_0)).toEqual([]);
    deciding.command(WRITE_OFF);
    expect(publicationsDue(deciding.recovery, deciding.recovery, DAY_0)).toEqual([]);
  });

  test("tells a cause once, and again where it has come anew", () => {
    const [first, other] = [attention(["merchant_code", 1]), attention(["unknown_code", 1])];
    expect(causesTold([], first)).toEqual(["merchant_code"]);
    expect(causesTold(first, first)).toEqual([]);
    expect(causesTold(first, [...first, ...other])).toEqual(["unknown_code"]);
    expect(causesTold(first, attention(["merchant_code", 2]))).toEqual(["merchant_code"]);
    expect(causesTold([], [...first, ...attention(["merchant_code", 2])])).toHaveLength(1);
  });

  test("tells nothing of an end without a debt, or without an amount", () => {
    const deciding = opened();
    const before = deciding.recovery;
    deciding.command(WRITE_OFF);
    const [end] = deciding.recovery.ended;
    if (end === undefined) throw new Error("it has ended");
    const endings = [
      { ...end, debtId: null },
      { ...end, debtId: "pay_8" as never, amountMinor: null },
    ];
    const due = publicationsDue(before, { ...deciding.recovery, ended: endings }, DAY_0);
    expect(due).toEqual([]);
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
      const under = Object.values(recovery.pendingEffects).filter(({ kind }) => kind === "publish");
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
    expect(told.world.alerts.map(({ cause }) => cause)).toEqual(["webhook_undelivered"]);
    expect(told.world.recovery?.state).toBe("waiting");
    await told.untilOver();
    expect(told.world.results[0]?.outcome).toBe("recovered");
  });
});
