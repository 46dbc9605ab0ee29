import { setTimeout as delay } from "node:timers/promises";
import type { Outcome as RecoveryOutcome } from "../../domain/state/outcome.ts";
import type { SandboxClient } from "../../sandbox/control/client.ts";
import type { LedgerSubscription } from "../../sandbox/control/ledger.ts";
import type { Outcome } from "../../sandbox/model/state/outcome.ts";
import type { ReceivedMail } from "../local-stack/received-mail.ts";

/** What the customer and the operator of a scenario can do and see. */
export type ScenarioContext = {
  readonly control: SandboxClient;
  readonly subscriptionId: string;
  /** Resolves with the first email to this customer that has a link, on the day on which it comes. */
  readonly untilMailWithLink: () => Promise<ReceivedMail>;
  /** Resolves once this day of the scenario has come for this customer. */
  readonly untilDay: (day: number) => Promise<void>;
  /** Sends the recovery an update, as an operator does from the Temporal Web UI. */
  readonly sendUpdate: (update: string) => Promise<void>;
  /** Resolves once the recovery needs the operator's attention. */
  readonly untilAttention: () => Promise<void>;
  /** Resolves with the email to the operator about this customer. */
  readonly untilOperatorMail: () => Promise<ReceivedMail>;
  /** Prints a line under the customer's name. */
  readonly say: (line: string) => void;
};

/** One sample customer: what happens to their charges, what they do, and how the recovery must end. */
export type Scenario = {
  readonly name: string;
  readonly summary: string;
  /** Outcomes of the first charge and of those that follow it; charges after the last one succeed. */
  readonly outcomes: readonly Outcome[];
  /** Sets faults before the first charge. */
  readonly prepare?: (control: SandboxClient, subscriptionId: string) => Promise<void>;
  /** What the customer or the operator does after the first charge. */
  readonly act?: (context: ScenarioContext) => Promise<void>;
  readonly expected: {
    readonly outcome: RecoveryOutcome;
    readonly by?: string;
    /** How many payments the sandbox has, the first failed one included. */
    readonly payments: number;
    readonly succeeded: number;
    readonly status: LedgerSubscription["status"];
  };
};

const SOFT: Outcome = { decline: "INSUFFICIENT_FUNDS" };
const CHARGE = { method: "POST", route: "/subscriptions/:id/charge" } as const;

/** Opens the email's link twice, first as a link scanner does, then presses the button and pays with a card that works. */
async function payByMail(context: ScenarioContext, how = "with a new card"): Promise<void> {
  const { control, say } = context;
  const mail = await context.untilMailWithLink();
  const link = /https?:\/\/\S+\/pay\/\S+/.exec(mail.text)?.[0];
  if (link === undefined) throw new Error(`the email "${mail.subject}" has no link`);
  await fetch(link, { method: "HEAD" });
  const page = await fetch(link);
  if (page.status !== 200) throw new Error(`the customer's page answered ${page.status}`);
  const paymentId = await pressButton(link);
  say("opens the page from the email and presses the button");
  await control.payPayment(paymentId, { card: "good" });
  say(`pays ${how} on Dodo's page`);
}

/** A page that cannot be made now says so, and customers press again. */
const PRESSES_MAX = 20;

/** @returns the payment on whose page Dodo lets the customer pay */
async function pressButton(link: string): Promise<string> {
  for (let presses = 1; ; presses += 1) {
    const { status, headers } = await fetch(link, { method: "POST", redirect: "manual" });
    const paymentId = /\/pay\/(\w+)/.exec(headers.get("location") ?? "")?.[1];
    if (status === 303 && paymentId !== undefined) return paymentId;
    if (status !== 503 || presses === PRESSES_MAX) throw new Error(`the button answered ${status}`);
    await delay(1_000);
  }
}

const PAID_ONCE = { succeeded: 1, status: "active" } as const;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "Ada",
    summary: "has too little money on days 0 and 3, and enough on day 10",
    outcomes: [SOFT, SOFT],
    expected: { outcome: "recovered", by: "attempt", payments: 3, ...PAID_ONCE },
  },
  {
    name: "Ben",
    summary: "has an expired card, follows the link in the email and pays with a new one",
    outcomes: [{ decline: "EXPIRED_CARD" }],
    act: payByMail,
    expected: { outcome: "recovered", by: "link", payments: 2, ...PAID_ONCE },
  },
  {
    name: "Cleo",
    summary: "never has enough money: four attempts, then emails until the window ends",
    outcomes: [SOFT, SOFT, SOFT, SOFT],
    expected: { outcome: "exhausted", payments: 4, succeeded: 0, status: "on_hold" },
  },
  {
    name: "Dan",
    summary: "cancels before the next attempt",
    outcomes: [SOFT],
    act: async ({ control, subscriptionId, untilDay, say }) => {
      // The announcement of the next attempt comes on day 2.
      await untilDay(2.5);
      say("cancels the subscription in the customer portal");
      await control.cancelAsCustomer(subscriptionId, { when: "now" });
    },
    expected: { outcome: "cancelled", payments: 1, succeeded: 0, status: "cancelled" },
  },
  {
    name: "Eve",
    summary: "pays on the first retry; every webhook comes three times, out of order",
    outcomes: [SOFT],
    prepare: async (control, subscriptionId) => {
      await control.addWebhookFault({ kind: "duplicated", subscriptionId, copies: 3 });
      await control.addWebhookFault({ kind: "shuffled", subscriptionId, ms: 300 });
    },
    expected: { outcome: "recovered", by: "attempt", payments: 2, ...PAID_ONCE },
  },
  {
    name: "Finn",
    summary: "is charged, and answer and webhooks are lost: Reprise finds the payment",
    outcomes: [SOFT],
    prepare: async (control, subscriptionId) => {
      await control.addFault({ kind: "drop_after", ...CHARGE, subscriptionId });
      // The first charge sends two: the payment failed, the subscription is on hold.
      await control.addWebhookFault({ kind: "lost", subscriptionId, skip: 2 });
    },
    expected: { outcome: "recovered", by: "attempt", payments: 2, ...PAID_ONCE },
  },
  {
    name: "Gwen",
    summary: "has a charge that never reaches Dodo: after a day it is sent again",
    outcomes: [SOFT],
    prepare: async (control, subscriptionId) => {
      await control.addFault({ kind: "drop_before", ...CHARGE, subscriptionId });
    },
    expected: { outcome: "recovered", by: "attempt", payments: 2, ...PAID_ONCE },
  },
  {
    name: "Hugo",
    summary: "has every webhook lost but the first: Reprise reads Dodo instead",
    outcomes: [SOFT],
    prepare: async (control, subscriptionId) => {
      await control.addWebhookFault({ kind: "lost", subscriptionId, skip: 1 });
    },
    expected: { outcome: "recovered", by: "attempt", payments: 2, ...PAID_ONCE },
  },
  {
    name: "Iris",
    summary: "pays in Dodo's customer portal before the third attempt",
    outcomes: [SOFT, SOFT],
    act: async ({ control, subscriptionId, untilDay, say }) => {
      await untilDay(6);
      say("changes the card in Dodo's portal, which collects the amount due");
      await control.changePaymentMethod(subscriptionId, { card: "good" });
    },
    expected: { outcome: "recovered", by: "customer", payments: 3, ...PAID_ONCE },
  },
  {
    name: "Jan",
    summary: "has a bank that requires 3-D Secure: only Jan can confirm the payment",
    outcomes: [{ decline: "AUTHENTICATION_REQUIRED" }],
    act: async (context) => await payByMail(context, "and confirms"),
    expected: { outcome: "recovered", by: "link", payments: 2, ...PAID_ONCE },
  },
  {
    name: "Kim",
    summary: "has a stolen card: the email does not say so, and it is not charged again",
    outcomes: [{ decline: "STOLEN_CARD" }],
    act: payByMail,
    expected: { outcome: "recovered", by: "link", payments: 2, ...PAID_ONCE },
  },
  {
    name: "Leo",
    summary: "meets a fault on the merchant's side: the operator gets an email, Leo none",
    outcomes: [{ decline: "INVALID_AMOUNT" }],
    act: async ({ sendUpdate, untilAttention, untilOperatorMail, untilDay, say }) => {
      await untilAttention();
      await untilOperatorMail();
      await untilDay(1);
      say("the operator fixes the fault and resumes the recovery");
      await sendUpdate("resume");
    },
    expected: { outcome: "recovered", by: "attempt", payments: 2, ...PAID_ONCE },
  },
];

/** Customers who have paid so far: whoever plays with the demo decides what happens to them. */
export const EXTRA_CUSTOMERS = ["Max", "Nora", "Olga"] as const;
