import type { Outcome as RecoveryOutcome } from "../../domain/state/outcome.ts";
import type { SandboxClient } from "../../sandbox/control/client.ts";
import type { LedgerSubscription } from "../../sandbox/control/ledger.ts";
import type { Outcome } from "../../sandbox/model/state/outcome.ts";
import type { ReceivedMail } from "../local-stack/inbox.ts";

/** What a customer of the demo can do, and see. */
export type Stage = {
  readonly control: SandboxClient;
  readonly subscriptionId: string;
  /** Resolves with the first mail to this customer that has a link. */
  readonly mailWithLink: () => Promise<ReceivedMail>;
  /** Resolves once this much of the story has passed for this customer. */
  readonly untilDay: (day: number) => Promise<void>;
  /** Tells the recovery something, as an operator does from the Temporal Web UI. */
  readonly operator: (update: string) => Promise<void>;
  /** Resolves once the recovery waits for a person. */
  readonly untilAsked: () => Promise<void>;
  readonly say: (line: string) => void;
};

/** One sample customer: what befalls them, and how it must end. */
export type Member = {
  readonly name: string;
  readonly fate: string;
  /** The first failing charge, then what later ones come to; then they succeed. */
  readonly outcomes: readonly Outcome[];
  /** Faults that are set before anything happens. */
  readonly prepare?: (control: SandboxClient, subscriptionId: string) => Promise<void>;
  /** What the customer, or the operator, does meanwhile. */
  readonly act?: (stage: Stage) => Promise<void>;
  readonly ends: {
    readonly outcome: RecoveryOutcome;
    readonly by?: string;
    /** Charges, the first included. */
    readonly payments: number;
    readonly succeeded: number;
    readonly status: LedgerSubscription["status"];
  };
};

const SOFT: Outcome = { decline: "INSUFFICIENT_FUNDS" };
const CHARGE = { method: "POST", route: "/subscriptions/:id/charge" } as const;

/** Opens the mail's link twice, as a scanner and as a person, presses the button, and pays with a new card. */
async function payByMail({ control, subscriptionId, mailWithLink, say }: Stage): Promise<void> {
  const mail = await mailWithLink();
  const link = /https?:\/\/\S+\/pay\/\S+/.exec(mail.text)?.[0];
  if (link === undefined) throw new Error(`no link in the mail: ${mail.subject}`);
  await fetch(link, { method: "HEAD" });
  const page = await fetch(link);
  if (page.status !== 200) throw new Error(`the customer's page answered ${page.status}`);
  say("opens the page from the mail, and presses the button");
  const pressed = await fetch(link, { method: "POST", redirect: "manual" });
  if (pressed.status !== 303) throw new Error(`the button answered ${pressed.status}`);
  await control.payAsCustomer(subscriptionId, { card: "good" });
  say("pays with a new card on Dodo's page");
}

const ACTIVE = { succeeded: 1, status: "active" } as const;

export const CAST: readonly Member[] = [
  {
    name: "Ada",
    fate: "no money on day 0 and day 3; there is on day 10",
    outcomes: [SOFT, SOFT],
    ends: { outcome: "recovered", by: "attempt", payments: 3, ...ACTIVE },
  },
  {
    name: "Ben",
    fate: "an expired card; the mail brings him to a new one",
    outcomes: [{ decline: "EXPIRED_CARD" }],
    act: payByMail,
    ends: { outcome: "recovered", by: "link", payments: 2, ...ACTIVE },
  },
  {
    name: "Cleo",
    fate: "never any money: four attempts, then mails until the window ends",
    outcomes: [SOFT, SOFT, SOFT, SOFT],
    ends: { outcome: "exhausted", payments: 4, succeeded: 0, status: "on_hold" },
  },
  {
    name: "Dan",
    fate: "cancels while we wait",
    outcomes: [SOFT],
    act: async ({ control, subscriptionId, untilDay, say }) => {
      await untilDay(2);
      say("cancels the subscription in the portal");
      await control.cancelAsCustomer(subscriptionId, { when: "now" });
    },
    ends: { outcome: "cancelled", payments: 1, succeeded: 0, status: "cancelled" },
  },
  {
    name: "Eve",
    fate: "a good retry, but every webhook comes three times and in disorder",
    outcomes: [SOFT],
    prepare: async (control, subscriptionId) => {
      await control.addWebhookFault({ kind: "duplicated", subscriptionId, copies: 3 });
      await control.addWebhookFault({ kind: "shuffled", subscriptionId, ms: 300 });
    },
    ends: { outcome: "recovered", by: "attempt", payments: 2, ...ACTIVE },
  },
  {
    name: "Finn",
    fate: "a charge whose answer is lost: it is found again, not sent again",
    outcomes: [SOFT],
    prepare: async (control, subscriptionId) => {
      await control.addFault({ kind: "drop_after", ...CHARGE, subscriptionId });
    },
    ends: { outcome: "recovered", by: "attempt", payments: 2, ...ACTIVE },
  },
  {
    name: "Gwen",
    fate: "a charge that never reached Dodo: a day of looking, then the same attempt again",
    outcomes: [SOFT],
    prepare: async (control, subscriptionId) => {
      await control.addFault({ kind: "drop_before", ...CHARGE, subscriptionId });
    },
    ends: { outcome: "recovered", by: "attempt", payments: 2, ...ACTIVE },
  },
  {
    name: "Hugo",
    fate: "no webhook after the first one: what happened is read",
    outcomes: [SOFT],
    prepare: async (control, subscriptionId) => {
      await control.addWebhookFault({ kind: "lost", subscriptionId, skip: 1 });
    },
    ends: { outcome: "recovered", by: "attempt", payments: 2, ...ACTIVE },
  },
  {
    name: "Iris",
    fate: "impatient: pays in Dodo's portal before we try a third time",
    outcomes: [SOFT, SOFT],
    act: async ({ control, subscriptionId, untilDay, say }) => {
      await untilDay(6);
      say("changes the card in Dodo's portal, which collects what is due");
      await control.changePaymentMethod(subscriptionId, { card: "good" });
    },
    ends: { outcome: "recovered", by: "customer", payments: 3, ...ACTIVE },
  },
  {
    name: "Jan",
    fate: "a bank that wants 3-D Secure: only Jan can confirm",
    outcomes: [{ decline: "AUTHENTICATION_REQUIRED" }],
    act: payByMail,
    ends: { outcome: "recovered", by: "link", payments: 2, ...ACTIVE },
  },
  {
    name: "Kim",
    fate: "a stolen card: the mail does not say so, and it is never charged again",
    outcomes: [{ decline: "STOLEN_CARD" }],
    act: payByMail,
    ends: { outcome: "recovered", by: "link", payments: 2, ...ACTIVE },
  },
  {
    name: "Leo",
    fate: "a fault on the merchant's side: Leo hears nothing, the operator mends it",
    outcomes: [{ decline: "INVALID_AMOUNT" }],
    act: async ({ operator, untilAsked, untilDay, say }) => {
      await untilAsked();
      await untilDay(1);
      say("the operator has mended it, and resumes");
      await operator("resume");
    },
    ends: { outcome: "recovered", by: "attempt", payments: 2, ...ACTIVE },
  },
];

/** They have paid so far: what befalls them is for whoever plays with the demo. */
export const GUESTS = ["Max", "Nora", "Olga"] as const;
