import { expect, test } from "vitest";
import type { ModelPayment, Mutation } from "../../dev/model/ledger.ts";
import { drawPlan } from "../../dev/simulator/draw-plan.ts";
import { findViolations } from "../../dev/simulator/oracle/find-violations.ts";
import { type ViolationName, VIOLATIONS } from "../../dev/simulator/oracle/violation.ts";
import { type Plan, USUAL_SUBSCRIPTION } from "../../dev/simulator/plan.ts";
import { runPlan } from "../../dev/simulator/run-plan.ts";
import type { SimulationRun } from "../../dev/simulator/simulation-run.ts";
import type { ImportRow } from "../../domain/import/import.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import type { EffectId } from "../../domain/values/ids.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "../../domain/values/time.ts";

const { advice: _advice, ...DRAWN } = drawPlan(1);

/** Declined, charged again three days later, and recovered. */
const PLAIN: Plan = {
  ...DRAWN,
  scheme: "on_demand",
  requestedCharge: false,
  throughClient: false,
  subscription: USUAL_SUBSCRIPTION,
  policy: DEFAULT_POLICY,
  firstDeclineCode: "INSUFFICIENT_FUNDS",
  verdicts: [],
  requestFaults: [],
  readFaults: [],
  workerCrashes: [],
  deliveries: [[1_000]],
  zeroAmountPayments: 0,
  faults: [],
};

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the plain run lacks what the test forges");
  return value;
}

const firstOf = ({ dodo }: SimulationRun): ModelPayment => present(dodo.payments[0]);
const paidOf = ({ dodo }: SimulationRun): ModelPayment => present(dodo.payments[1]);
const requestOf = ({ dodo }: SimulationRun): Mutation => present(dodo.mutations[0]);

function mail(run: SimulationRun, key: string, afterMs: number): void {
  const sent = present(run.world.mails[0]);
  const at = requestOf(run).at + afterMs;
  run.world.mails.push({ ...sent, key: `${sent.thread}/${key}`, at });
}

function request(
  run: SimulationRun,
  afterMs: number,
  number: number,
  given: Partial<Mutation>,
): void {
  const before = requestOf(run);
  const requested = {
    amountMinor: 2_900,
    currency: "USD",
    key: `${firstOf(run).paymentId}.${number}`,
  };
  run.dodo.mutations.push({ ...before, at: before.at + afterMs, requested, ...given });
  run.dodo.mutations.sort((a, b) => a.at - b.at);
}

/** Forges an import at that instant into every decision. */
function imported({ world }: SimulationRun, at: number, retry: boolean): void {
  const given = { importId: "import-1", at, by: "anna", isVerified: true, retry };
  for (const { recovery } of world.decisions) Object.assign(recovery, { imported: given });
}

/** A purchase that the reads before the announcement and the charge should have shown. */
function boughtOnDayOne(dodo: SimulationRun["dodo"]): void {
  const [payment] = dodo.customerBuys().payments;
  const createdAt = present(dodo.payments[0]).createdAt + DAY_MS;
  Object.assign(present(payment), { createdAt });
  Object.assign(present(dodo.others[0]), { createdAt });
}

/** The run, as if Reprise had advised the merchant's own charging. */
function inAdviseMode(run: SimulationRun): void {
  Object.assign(run, { plan: { ...run.plan, advice: { habits: ["follows"], webhookMs: [] } } });
}

function advised({ world, dodo }: SimulationRun, afterMs: number, number: number): void {
  const { paymentId, createdAt } = present(dodo.payments[0]);
  const advice = { action: "charge", at: createdAt, attemptKey: `${paymentId}.${number}` };
  world.published.push({ debtId: paymentId, at: createdAt + afterMs, advice } as never);
}

/** Each forges the ledger of the plain run so that it violates one invariant. */
const FORGERIES: Readonly<Record<ViolationName, (run: SimulationRun) => void>> = {
  double_charge: (run) => run.dodo.payments.push({ ...paidOf(run), paymentId: "pay_9" }),
  unreported_double_charge: (run) => {
    const { paymentId, createdAt } = paidOf(run);
    const claim = { at: createdAt - 1, paymentId, commandId: "cmd_dead" };
    run.world.replies.set(claim.commandId, { ok: true });
    run.deadClaims.push(claim);
    run.dodo.payments.push({ ...paidOf(run), paymentId: "pay_9" });
  },
  charged_paid_debt: (run) => request(run, HOUR_MS, 3, {}),
  charged_replaced_debt: ({ dodo }) => boughtOnDayOne(dodo),
  charged_ended_debt: (run) => request(run, HOUR_MS, 3, {}),
  charged_while_payment_open: (run) => {
    const createdAt = requestOf(run).at - HOUR_MS;
    const status = "processing";
    run.dodo.payments.push({ ...firstOf(run), paymentId: "pay_9", createdAt, status, ends: [] });
  },
  charged_while_link_open: (run) => {
    const createdAt = requestOf(run).at - HOUR_MS;
    const page = {
      ...firstOf(run),
      paymentId: "pay_9",
      createdAt,
      isMethodUpdate: true,
      ends: [],
    };
    run.dodo.payments.push(page);
    request(run, -HOUR_MS, 2, { what: "payment_link", requested: null, paymentId: "pay_9" });
  },
  charged_blocked_method: (run) => {
    present(firstOf(run).ends[0]).declineCode = "STOLEN_CARD";
    present(paidOf(run).ends[0]).status = "failed";
  },
  fence_broken: (run) => request(run, -HOUR_MS, 9, { answer: "lost", paymentId: null }),
  absence_not_settled: (run) => request(run, -HOUR_MS, 2, { answer: "lost", paymentId: null }),
  resent_at_once: (run) => request(run, -SECOND_MS, 2, { answer: "lost", paymentId: null }),
  wrong_amount: (run) =>
    request(run, -DAY_MS, 2, {
      requested: { amountMinor: 3_190, currency: "USD", key: "pay_1.2" },
    }),
  too_many_attempts: (run) => {
    for (let number = 3; number < 9; number += 1) {
      request(run, number * 2 * DAY_MS, number, { paymentId: `pay_${number}` });
    }
  },
  attempt_too_early: (run) => request(run, HOUR_MS, 3, {}),
  charge_cap_exceeded: (run) => {
    for (let count = 1; count < 9; count += 1) {
      const createdAt = requestOf(run).at - count * DAY_MS;
      run.dodo.payments.push({ ...firstOf(run), paymentId: `pay_old_${count}`, createdAt });
    }
  },
  charged_observed_subscription: (run) =>
    Object.assign(run, { plan: { ...run.plan, scheme: "observe" } }),
  lost_recovery: ({ world }) => world.results.splice(0),
  unproven_outcome: ({ world }) => {
    for (const debt of present(world.results[0]).debts) Object.assign(debt, { paymentId: "pay_1" });
  },
  ended_twice: ({ world }) => world.results.push(present(world.results[0])),
  never_ends: ({ world }) => Object.defineProperty(world, "isOpen", { value: true }),
  notice_after_payment: (run) => mail(run, "action_needed.1.1", HOUR_MS),
  notice_after_end: (run) => {
    Object.assign(paidOf(run), { totalMinor: 0 });
    mail(run, "action_needed.1.1", HOUR_MS);
  },
  notice_after_replacement: ({ dodo }) => boughtOnDayOne(dodo),
  notice_sent_twice: ({ world }) => world.mails.push(present(world.mails[0])),
  too_many_notices: (run) => {
    for (let count = 0; count < 5; count += 1) mail(run, `retry_ahead.${count}`, -count * HOUR_MS);
  },
  notice_given_up: ({ world }) => {
    const outcome = { kind: "undeliverable", detail: "SMTP 535 at sign-in" } as const;
    const event = { kind: "notice_finished", effectId: "e9" as EffectId, outcome } as const;
    world.decisions.push({ ...present(world.decisions[0]), event });
  },
  unannounced_charge: ({ world }) => world.mails.splice(0),
  charged_before_import_mail: (run) => imported(run, requestOf(run).at - HOUR_MS, true),
  old_import_charged: (run) => imported(run, firstOf(run).createdAt + 8 * DAY_MS, false),
  second_mail_after_import: (run) => {
    const { at } = present(run.world.mails[0]);
    mail(run, "action_needed.1.1", at + HOUR_MS - requestOf(run).at);
    run.imports.push({ at, row: { did: "opened" } as ImportRow & { did: "opened" } });
  },
  webhook_decided_twice: ({ world }) => {
    const [recording] = present(world.recordings ?? undefined);
    present(recording).decidedIds.push(present(present(recording).decidedIds[0]));
  },
  command_unanswered: ({ world }) => {
    const command = { action: "create_payment_link", debtId: null } as const;
    const event = { kind: "command", commandId: "cmd_lost", command } as const;
    world.decisions.push({ ...present(world.decisions[0]), event });
  },
  replay_differs: ({ world }) => present(present(world.recordings ?? undefined)[0]).effects.pop(),
  sent_in_advise_mode: inAdviseMode,
  advised_twice: (run) => {
    inAdviseMode(run);
    advised(run, DAY_MS, 2);
    advised(run, 2 * DAY_MS, 2);
  },
  attempt_counted_twice: (run) => {
    inAdviseMode(run);
    const [end] = present(run.world.results[0]).debts;
    const second = present(end?.attempts[1]);
    Object.assign(present(end), { attempts: [...present(end).attempts, second] });
  },
  advised_charge_lost: (run) => {
    inAdviseMode(run);
    advised(run, HOUR_MS, 2);
    const [end] = present(run.world.results[0]).debts;
    const { endedAt, attempts } = present(end);
    const metadata = { recovery_attempt: `${firstOf(run).paymentId}.2` };
    const ends = [{ at: endedAt - 10 * DAY_MS, status: "failed", declineCode: null }];
    run.dodo.payments.push({ ...paidOf(run), paymentId: "pay_8" as never, metadata, ends });
    Object.assign(present(end), { attempts: attempts.slice(0, 1) });
  },
  unexpected_error: ({ world }) => world.errors.push(new Error("a bug")),
};

test("the oracle finds no violation in the plain run", async () => {
  const run = await runPlan(PLAIN);
  expect(run.world.results).toMatchObject([{ outcome: "recovered", by: "attempt" }]);
  expect(await findViolations(run)).toEqual([]);
});

test.each(Object.keys(VIOLATIONS) as ViolationName[])(
  "the oracle finds %s in a forged ledger",
  async (violation) => {
    const run = await runPlan(PLAIN);
    FORGERIES[violation](run);
    expect((await findViolations(run)).map(({ name }) => name)).toContain(violation);
  },
);
