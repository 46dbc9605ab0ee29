import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import { chargeRequested, unattributedPayment } from "../../../dev/model/events.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { publicationsDue } from "../../../domain/reporting/publication.ts";
import type { Mode } from "../../../domain/state/outcome.ts";
import type { Publication } from "../../../domain/state/publication.ts";
import type { Recovery } from "../../../domain/state/recovery.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { RecoveryDriver } from "../../support/domain/recovery-driver.ts";
import {
  DAY_0,
  DAY_MS,
  MINUTE_MS,
  type Scenario,
  startScenario,
} from "../../support/domain/scenario.ts";

const decline = (code: string): Verdict => ({ kind: "decline", code });
const SOFT = decline("INSUFFICIENT_FUNDS");

function publishing(policy: Policy = DEFAULT_POLICY, mode: Mode = "act"): Scenario {
  const run = startScenario({}, policy, mode);
  run.world.publishes = true;
  return run;
}

async function failing(first: Verdict, ...then: readonly Verdict[]): Promise<Scenario> {
  const run = publishing();
  run.dodo.verdicts.push(...then);
  run.dodo.merchantCharges(first);
  await run.until(0, MINUTE_MS);
  return run;
}

const types = ({ world }: Scenario): string[] =>
  world.published.map(({ type }) => type.replace("recovery.", ""));
const last = ({ world }: Scenario): Publication | undefined => world.published.at(-1);

describe("the webhooks to the merchant's systems", () => {
  test("report that a recovery opens, each failed attempt, and the recovery", async () => {
    const run = await failing(SOFT, SOFT, { kind: "succeed" });
    expect(types(run)).toEqual(["opened"]);
    expect(run.world.published[0]).toMatchObject({
      state: "waiting",
      outcome: null,
      amountMinor: 2_900,
      currency: "USD",
      declineCode: "INSUFFICIENT_FUNDS",
      declineClass: "soft",
      attempts: 1,
      nextAttemptAt: run.world.recovery?.plan?.at,
      debtId: run.world.recovery?.debt?.id,
    });
    await run.untilOver();
    expect(types(run)).toEqual(["opened", "attempt_failed", "recovered"]);
    expect(run.world.published[1]).toMatchObject({ attempts: 2, state: "waiting" });
    expect(last(run)).toMatchObject({
      state: "ended",
      outcome: "recovered",
      by: "attempt",
      attempts: 3,
      nextAttemptAt: null,
    });
  });

  test("report when the customer must act: after a hard decline, and at the schedule's end", async () => {
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

  test("report that a person is needed, with the cause", async () => {
    const run = await failing(decline("INVALID_AMOUNT"));
    expect(types(run)).toEqual(["opened", "needs_attention"]);
    expect(last(run)).toMatchObject({ state: "needs_attention", cause: "merchant_code" });
    run.world.command(WRITE_OFF);
    await run.untilOver();
    expect(types(run)).toEqual(["opened", "needs_attention", "written_off"]);
    expect(JSON.stringify(run.world.published)).not.toContain("anna");
  });

  test("report that a person is needed before it is known what is owed", async () => {
    const run = publishing();
    run.dodo.merchantCharges(SOFT);
    run.dodo.merchantCharges(SOFT, {}, 1_500);
    await run.until(0, MINUTE_MS);
    expect(run.world.published).toMatchObject([
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

  test("report a question about another failure with the current debt", async () => {
    const run = await failing(SOFT);
    const { debt } = run.world.recovery ?? {};
    run.dodo.merchantCharges(SOFT, {}, 1_500);
    await run.until(0, 10 * MINUTE_MS);
    expect(types(run)).toEqual(["opened", "needs_attention"]);
    expect(last(run)).toMatchObject({ cause: "second_debt", debtId: debt?.id, attempts: 1 });
  });

  test("report nothing but the collection of a requested charge", async () => {
    const run = publishing();
    run.world.requestCharge(chargeRequested(run.timeline.now()));
    await run.untilOver();
    expect(types(run)).toEqual(["collected"]);
    expect(last(run)).toMatchObject({ outcome: "collected", attempts: 1, declineCode: null });
  });

  test("report that the subscription was cancelled", async () => {
    const run = await failing(SOFT);
    run.dodo.setStatus("cancelled", "subscription.cancelled");
    await run.untilOver();
    expect(types(run)).toEqual(["opened", "cancelled"]);
  });

  test("report that nothing is owed after all, if an opening was reported", async () => {
    const run = await failing(SOFT);
    run.dodo.metadata = { reprise: "off" };
    run.dodo.setStatus("on_hold", "subscription.on_hold");
    await run.untilOver();
    expect(types(run)).toEqual(["opened", "nothing_owed"]);
  });

  test("report each debt by itself, in order", async () => {
    const run = publishing({ ...DEFAULT_POLICY, debtKey: "invoice_id" });
    run.dodo.verdicts.push({ kind: "succeed" }, { kind: "succeed" });
    run.dodo.merchantCharges(SOFT, { invoice_id: "in_1" });
    await run.until(1);
    run.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500);
    await run.untilOver();
    expect(run.world.published.map(({ type, amountMinor }) => [type, amountMinor])).toEqual([
      ["recovery.opened", 2_900],
      ["recovery.opened", 1_500],
      ["recovery.recovered", 2_900],
      ["recovery.recovered", 1_500],
    ]);
  });
});

describe("the webhooks to the merchant's systems, where nothing happens to a debt", () => {
  test("do not report a failure that is paid before the first notice or charge", async () => {
    const run = publishing();
    run.dodo.merchantCharges(SOFT);
    run.dodo.merchantCharges({ kind: "succeed" });
    await run.untilOver();
    expect(run.world.results[0]?.outcome).toBe("nothing_owed");
    expect(types(run)).toEqual([]);
  });

  test("are not sent in shadow mode, or without an address", async () => {
    const shadow = publishing(DEFAULT_POLICY, "shadow");
    const withoutAddress = startScenario();
    for (const run of [shadow, withoutAddress]) {
      run.dodo.merchantCharges(SOFT);
      await run.untilOver();
      expect(types(run)).toEqual([]);
    }
  });
});

describe("the publications of a decision", () => {
  const FAILED = unattributedPayment(DAY_0, {
    paymentId: id("pay_1"),
    declineCode: "EXPIRED_CARD",
  });
  const attention = (...causes: [string, number][]): Recovery["attention"] =>
    causes.map(([cause, since]) => ({ cause, since, detail: "" })) as never;

  /** The causes that a decision publishes when it changes the open questions. */
  function publishedCauses(before: Recovery["attention"], after: Recovery["attention"]): unknown[] {
    const { recovery } = opened();
    const due = publicationsDue(
      { ...recovery, attention: before },
      { ...recovery, attention: after },
      DAY_0,
    );
    return due.map(({ cause }) => cause);
  }

  function opened(): RecoveryDriver {
    const driver = new RecoveryDriver();
    driver.open([FAILED]);
    return driver;
  }

  test("are listed in its reason", async () => {
    const run = await failing(decline("EXPIRED_CARD"));
    const { decision } =
      run.world.decisions.find(({ decision: { effects } }) =>
        effects.some(({ kind }) => kind === "publish"),
      ) ?? {};
    expect(decision?.reason).toContain("to publish: recovery.opened, recovery.action_required");
    await run.untilOver();
    const listed = run.world.decisions.filter((one) => one.decision.reason.includes("to publish"));
    expect(listed).toHaveLength(2);
    const openedAt = run.world.runs[0]?.openedAt;
    expect(run.world.published.map((one) => one.id)).toEqual(
      [1, 2, 3].map((number) => `recovery-sub_1-${openedAt}-${number}`),
    );
  });

  test("are none if it changes nothing", () => {
    const driver = opened();
    const { recovery } = driver;
    expect(publicationsDue(recovery, recovery, DAY_0)).toEqual([]);
    driver.command(WRITE_OFF);
    expect(publicationsDue(driver.recovery, driver.recovery, DAY_0)).toEqual([]);
  });

  test("name a cause once, and again when it is raised anew", () => {
    const [first, other] = [attention(["merchant_code", 1]), attention(["unknown_code", 1])];
    expect(publishedCauses([], first)).toEqual(["merchant_code"]);
    expect(publishedCauses(first, first)).toEqual([]);
    expect(publishedCauses(first, [...first, ...other])).toEqual(["unknown_code"]);
    expect(publishedCauses(first, attention(["merchant_code", 2]))).toEqual(["merchant_code"]);
    expect(publishedCauses([], [...first, ...attention(["merchant_code", 2])])).toHaveLength(1);
  });

  test("leave out an end without a debt or an amount", () => {
    const driver = opened();
    const before = driver.recovery;
    driver.command(WRITE_OFF);
    const [end] = driver.recovery.ended;
    if (end === undefined) throw new Error("it has ended");
    const endings = [
      { ...end, debtId: null },
      { ...end, debtId: "pay_8" as never, amountMinor: null },
    ];
    const due = publicationsDue(before, { ...driver.recovery, ended: endings }, DAY_0);
    expect(due).toEqual([]);
  });
});

describe("a publication", () => {
  test("has its own id, also in a later run of the same subscription", async () => {
    const run = await failing(SOFT, { kind: "succeed" });
    await run.untilOver();
    run.dodo.merchantCharges(SOFT);
    await run.until(60);
    const ids = run.world.published.map(({ id }) => id);
    expect(run.world.runs.length).toBe(2);
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(ids).size).toBe(ids.length);
    // The signed text separates its parts by full stops.
    for (const id of ids) expect(id).toMatch(/^recovery-[A-Za-z0-9_-]+$/);
  });

  test("waits until the batch before it is enqueued, and joins the next one", async () => {
    const run = await failing(SOFT, SOFT);
    const batches = run.world.decisions.flatMap(({ decision }) =>
      decision.effects.filter(({ kind }) => kind === "publish"),
    );
    expect(batches.length).toBe(1);
    for (const { recovery } of run.world.decisions) {
      const pending = Object.values(recovery.pendingEffects).filter(
        ({ kind }) => kind === "publish",
      );
      expect(pending.length).toBeLessThanOrEqual(1);
      if (recovery.outbox.length > 0) expect(pending.length).toBe(1);
    }
  });

  test("notifies the operator if it cannot be enqueued, while the recovery continues", async () => {
    const run = publishing();
    run.world.enqueuesDeliveries = false;
    run.dodo.verdicts.push({ kind: "succeed" });
    run.dodo.merchantCharges(SOFT);
    await run.until(1, DAY_MS);
    expect(run.world.alerts.map(({ cause }) => cause)).toEqual(["webhook_undelivered"]);
    expect(run.world.recovery?.state).toBe("waiting");
    await run.untilOver();
    expect(run.world.results[0]?.outcome).toBe("recovered");
  });
});
