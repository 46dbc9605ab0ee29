import { beforeAll, describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/values/time.ts";
import type { RunRows } from "../../ledger/projection/rows.ts";
import { failing } from "../domain/scenarios/scenario.ts";
import { runInModel, type StoryResult } from "../stories/model/run-in-model.ts";
import { readStory, STORY_NAMES } from "../stories/story-files.ts";
import { lateDebtIdOf, payLate } from "../support/domain/late-payer.ts";
import { rowsOf, runsOf } from "./story-rows.ts";

type Told = { readonly name: string; readonly result: StoryResult; readonly runs: RunRows[] };

const told: Told[] = [];

beforeAll(async () => {
  for (const name of STORY_NAMES) {
    const result = await runInModel(readStory(name));
    told.push({ name, result, runs: runsOf(result.decisions).map(rowsOf) });
  }
});

function story(name: string): Told {
  const one = told.find((each) => each.name === name);
  if (one === undefined) throw new Error(`there is no story ${name}`);
  return one;
}

describe("the rows of every story", () => {
  test("have each debt that ended, with its outcome, amount and attempts", () => {
    for (const { name, result, runs } of told) {
      for (const [index, { debts, attempts }] of runs.entries()) {
        const last = runsOf(result.decisions)[index]?.steps.at(-1)?.after;
        for (const end of last?.ended ?? []) {
          if (end.debtId === null) continue;
          const { outcome, totalMinor = end.amountMinor, endedAt } = end;
          const debt = debts.find(({ debtId }) => debtId === end.debtId);
          expect(debt, name).toMatchObject({
            status: "ended",
            outcome,
            amountMinor: totalMinor,
            endedAt,
          });
          const own = attempts.filter(({ debtId }) => debtId === end.debtId);
          expect(
            own.map(({ number, result: how, paymentId }) => ({ number, result: how, paymentId })),
            name,
          ).toEqual(
            end.attempts.map(({ number, result: how, paymentId }) => ({
              number,
              result: how,
              paymentId,
            })),
          );
        }
      }
    }
  });

  test("leave no debt open in a recovery that has ended", () => {
    for (const { name, runs } of told) {
      for (const { recovery, debts } of runs) {
        if (recovery.endedAt === null) continue;
        expect(
          debts.filter(({ status }) => status !== "ended"),
          name,
        ).toEqual([]);
      }
    }
  });

  test("have each email that was sent, once", () => {
    // One-time payments have no recovery.
    for (const { name, result, runs } of told.filter((one) => one.result.decisions.length > 0)) {
      const mails = result.facts.filter(({ kind }) => kind === "mail").length;
      const sent = runs.flatMap(({ notices }) => notices.filter((one) => one.result === "sent"));
      expect(sent.length, name).toBe(mails);
    }
  });

  test("have each operator's command, and whether it was refused", () => {
    for (const { name, result, runs } of told) {
      const refused = result.facts.filter(({ kind }) => kind === "command_refused").length;
      const actions = runs.flatMap((run) => run.actions);
      expect(actions.filter(({ refusal }) => refusal !== null).length, name).toBeLessThanOrEqual(
        refused,
      );
    }
    expect(told.flatMap(({ runs }) => runs.flatMap((run) => run.actions)).length).toBeGreaterThan(
      5,
    );
  });

  test("pay a debt with what was owed, and name what paid it", () => {
    for (const { name, runs } of told) {
      for (const debt of runs.flatMap(({ debts }) => debts)) {
        const isPaid = debt.outcome === "recovered" || debt.outcome === "collected";
        if (debt.status === "ended")
          expect(debt.collectedMinor, name).toBe(isPaid ? debt.amountMinor : null);
        if (isPaid && debt.endedBy === "attempt") {
          expect(debt.settledAttempt, name).toBeGreaterThan(0);
          expect(debt.settledAt, name).toBeLessThanOrEqual(debt.endedAt ?? 0);
        }
      }
    }
  });

  test("hold no text that a person wrote", () => {
    const texts = new Set<string>();
    for (const { runs } of told) {
      for (const { debts, attempts, notices, actions, recovery } of runs) {
        for (const row of [recovery, ...debts, ...attempts, ...notices, ...actions]) {
          for (const value of Object.values(row)) if (typeof value === "string") texts.add(value);
        }
      }
    }
    expect([...texts].filter((text) => !/^[\w.-]{1,200}$/.test(text))).toEqual([]);
  });
});

describe("the suggested calendar", () => {
  test("has its attempts and notices, and ends unpaid", () => {
    const { runs } = story("015-suggested-calendar");
    expect(runs).toHaveLength(1);
    const [{ recovery, debts, attempts, notices }] = runs as [RunRows];
    expect(recovery).toMatchObject({ state: "ended", endedAt: debts[0]?.endedAt });
    expect(debts).toHaveLength(1);
    expect(attempts.map(({ number, trigger, result }) => [number, trigger, result])).toEqual([
      [1, "charge", "declined"],
      [2, "schedule", "declined"],
      [3, "schedule", "declined"],
      [4, "schedule", "declined"],
    ]);
    expect(debts[0]).toMatchObject({
      outcome: "exhausted",
      endedBy: "reprise",
      rule: "window.ended",
      amountMinor: 2900,
      collectedMinor: null,
      currency: "USD",
      trigger: "charge",
      firstDeclineCode: "INSUFFICIENT_FUNDS",
      declineClass: "soft",
    });
    expect(notices.map(({ kind, result }) => `${kind} ${result}`)).toEqual([
      "payment_failed sent",
      ...Array.from({ length: 3 }, () => "retry_ahead sent"),
      ...Array.from({ length: 4 }, () => "action_needed sent"),
    ]);
  });
});

describe("a debt that an attempt settles", () => {
  test("names the attempt, its payment and the time", () => {
    const { runs } = story("067-link-too-late");
    const [{ debts, attempts, notices }] = runs as [RunRows];
    const paid = attempts.find(({ result }) => result === "succeeded");
    expect(debts).toMatchObject([
      {
        outcome: "recovered",
        endedBy: "attempt",
        settledAttempt: 2,
        settledByPaymentId: paid?.paymentId,
        collectedMinor: 2900,
        isReactivated: true,
      },
    ]);
    const [{ settledAt, firstFailedAt }] = debts as [RunRows["debts"][number]];
    const lateMs = (settledAt ?? 0) - (firstFailedAt ?? 0) - (3 * DAY_MS + 5 * HOUR_MS);
    expect(Math.abs(lateMs)).toBeLessThan(HOUR_MS);
    expect(notices.at(-1)).toMatchObject({ kind: "recovered", result: "sent" });
  });
});

describe("a debt that is paid late", () => {
  test("stays exhausted in the second run until the payment is there, and is recovered then", async () => {
    const { world, dodo, until, untilOver } = await failing("EXPIRED_CARD");
    await untilOver();
    const debtId = lateDebtIdOf(world, dodo) ?? "";
    await until(35);
    payLate(world, debtId);
    await until(35, MINUTE_MS);
    const opened = runsOf(world.decisions).map(rowsOf);
    expect(opened.flatMap(({ debts }) => debts)).toMatchObject([
      { debtId, outcome: "exhausted", isLate: false },
      { debtId, outcome: "exhausted", isLate: true, collectedMinor: null },
    ]);
    dodo.customerPays(dodo.payments.at(-1)?.paymentId ?? "", "pm_2");
    await untilOver();
    const paid = runsOf(world.decisions).map(rowsOf);
    expect(paid.flatMap(({ debts }) => debts)).toMatchObject([
      { debtId, outcome: "exhausted", isLate: false },
      { debtId, outcome: "recovered", isLate: true, collectedMinor: 2900 },
    ]);
  });
});

describe("several debts of one subscription", () => {
  test("have a row each, and a queued one becomes the current one", () => {
    const { runs } = story("102-separate-debt");
    const debts = runs.flatMap((run) => run.debts);
    expect(debts.length).toBeGreaterThan(1);
    expect(new Set(debts.map(({ debtId }) => debtId)).size).toBe(debts.length);
  });
});
