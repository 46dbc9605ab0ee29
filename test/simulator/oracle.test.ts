import { expect, test } from "vitest";
import type { ModelPayment, Mutation } from "../../dev/model/dodo.ts";
import { judge } from "../../dev/simulator/oracle/judge.ts";
import { type FindingName, FINDINGS } from "../../dev/simulator/oracle/ledger.ts";
import { type Plan, planOf, USUAL_SUBSCRIPTION } from "../../dev/simulator/plan.ts";
import { type Life, live } from "../../dev/simulator/simulation-run.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "../../domain/values/time.ts";

/** Declined, charged again three days later, and paid. */
const PLAIN: Plan = {
  ...planOf(1),
  scheme: "on_demand",
  asked: false,
  throughClient: false,
  subscription: USUAL_SUBSCRIPTION,
  policy: DEFAULT_POLICY,
  first: "INSUFFICIENT_FUNDS",
  verdicts: [],
  requests: [],
  reads: [],
  deaths: [],
  deliveries: [[1_000]],
  crowd: 0,
  happenings: [],
};

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the plain world is not what it was");
  return value;
}

const firstOf = ({ dodo }: Life): ModelPayment => known(dodo.payments[0]);
const paidOf = ({ dodo }: Life): ModelPayment => known(dodo.payments[1]);
const requestOf = ({ dodo }: Life): Mutation => known(dodo.mutations[0]);

function mail(life: Life, key: string, afterMs: number): void {
  const sent = known(life.world.mails[0]);
  const at = requestOf(life).at + afterMs;
  life.world.mails.push({ ...sent, key: `${sent.thread}/${key}`, at });
}

function request(life: Life, afterMs: number, number: number, given: Partial<Mutation>): void {
  const before = requestOf(life);
  const asked = {
    amountMinor: 2_900,
    currency: "USD",
    key: `${firstOf(life).paymentId}.${number}`,
  };
  life.dodo.mutations.push({ ...before, at: before.at + afterMs, asked, ...given });
  life.dodo.mutations.sort((a, b) => a.at - b.at);
}

/** The books of the plain world, forged: each breach must be seen by its name. */
const FORGED: Readonly<Record<FindingName, (life: Life) => void>> = {
  double_charge: (life) => life.dodo.payments.push({ ...paidOf(life), paymentId: "pay_9" }),
  charged_paid_debt: (life) => request(life, HOUR_MS, 3, {}),
  charged_after_end: (life) => request(life, HOUR_MS, 3, {}),
  charged_while_open: (life) => {
    const createdAt = requestOf(life).at - HOUR_MS;
    const status = "processing";
    life.dodo.payments.push({ ...firstOf(life), paymentId: "pay_9", createdAt, status, ends: [] });
  },
  charged_beside_page: (life) => {
    const createdAt = requestOf(life).at - HOUR_MS;
    const page = {
      ...firstOf(life),
      paymentId: "pay_9",
      createdAt,
      isMethodUpdate: true,
      ends: [],
    };
    life.dodo.payments.push(page);
    request(life, -HOUR_MS, 2, { what: "payment_link", asked: null, paymentId: "pay_9" });
  },
  charged_barred_card: (life) => {
    known(firstOf(life).ends[0]).declineCode = "STOLEN_CARD";
    known(paidOf(life).ends[0]).status = "failed";
  },
  fence_broken: (life) => request(life, -HOUR_MS, 9, { answer: "lost", paymentId: null }),
  absence_believed: (life) => request(life, -HOUR_MS, 2, { answer: "lost", paymentId: null }),
  resent: (life) => request(life, -SECOND_MS, 2, { answer: "lost", paymentId: null }),
  wrong_amount: (life) =>
    request(life, -DAY_MS, 2, { asked: { amountMinor: 3_190, currency: "USD", key: "pay_1.2" } }),
  too_many_attempts: (life) => {
    for (let number = 3; number < 9; number += 1) {
      request(life, number * 2 * DAY_MS, number, { paymentId: `pay_${number}` });
    }
  },
  too_soon: (life) => request(life, HOUR_MS, 3, {}),
  over_the_cap: (life) => {
    for (let count = 1; count < 9; count += 1) {
      const createdAt = requestOf(life).at - count * DAY_MS;
      life.dodo.payments.push({ ...firstOf(life), paymentId: `pay_old_${count}`, createdAt });
    }
  },
  touched_observed: (life) => Object.assign(life, { plan: { ...life.plan, scheme: "observe" } }),
  lost_recovery: ({ world }) => world.results.splice(0),
  unlawful_end: ({ world }) => {
    for (const debt of known(world.results[0]).debts) Object.assign(debt, { paymentId: "pay_1" });
  },
  reopened: ({ world }) => world.results.push(known(world.results[0])),
  stuck: ({ world }) => Object.defineProperty(world, "isOpen", { value: true }),
  mailed_after_paid: (life) => mail(life, "action_needed.1.1", HOUR_MS),
  mailed_after_end: (life) => {
    Object.assign(paidOf(life), { totalMinor: 0 });
    mail(life, "action_needed.1.1", HOUR_MS);
  },
  mailed_twice: ({ world }) => world.mails.push(known(world.mails[0])),
  too_many_mails: (life) => {
    for (let count = 0; count < 5; count += 1) mail(life, `retry_ahead.${count}`, -count * HOUR_MS);
  },
  decided_twice: ({ world }) => {
    const [tape] = known(world.tapes ?? undefined);
    known(tape).decidedIds.push(known(known(tape).decidedIds[0]));
  },
  unanswered: ({ world }) => {
    const command = { action: "create_payment_link", debtId: null } as const;
    const event = { kind: "command", commandId: "cmd_lost", command } as const;
    world.decisions.push({ ...known(world.decisions[0]), event });
  },
  replay_differs: ({ world }) => known(known(world.tapes ?? undefined)[0]).effects.pop(),
  broke: ({ world }) => world.errors.push(new Error("a bug")),
};

test("of the plain world nothing is to be said", async () => {
  const life = await live(PLAIN);
  expect(life.world.results).toMatchObject([{ outcome: "recovered", by: "attempt" }]);
  expect(await judge(life)).toEqual([]);
});

test.each(Object.keys(FINDINGS) as FindingName[])("%s is seen in forged books", async (law) => {
  const life = await live(PLAIN);
  FORGED[law](life);
  expect((await judge(life)).map(({ name }) => name)).toContain(law);
});
