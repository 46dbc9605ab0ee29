import type { Outcome as RecoveryOutcome } from "../domain/recovery.ts";
import type { SandboxClient } from "../sandbox/client.ts";
import type { LedgerSubscription } from "../sandbox/ledger.ts";
import type { Outcome } from "../sandbox/outcome.ts";
import type { ReceivedMail } from "./inbox.ts";

/** What a customer of the demo can do, and see. */
export type Stage = {
  readonly control: SandboxClient;
  readonly subscriptionId: string;
  /** Resolves with the first mail to this customer that has a link. */
  readonly mailWithLink: () => Promise<ReceivedMail>;
  /** Resolves once this much of the story has passed for this customer. */
  readonly untilDay: (day: number) => Promise<void>;
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
  /** What the customer does meanwhile. */
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

/** Opens the mail's link twice, as a scanner and as a person, presses the button, and pays with a new card. */
async function payByMail({ control, subscriptionId, mailWithLink, say }: Stage): Promise<void> {
  const mail = await mailWithLink();
  const link = /https?:\/\/\S+\/pay\/\S+/.exec(mail.text)?.[0];
  if (link === undefined) throw new Error(`no link in the mail: ${mail.subject}`);
  await fetch(link, { method: "HEAD" });
  const page = await fetch(link);
  if (page.status !== 200) throw new Error(`the customer's page answered ${page.status}`);
  say("opens the page from the mail and presses the button");
  const pressed = await fetch(link, { method: "POST", redirect: "manual" });
  if (pressed.status !== 303) throw new Error(`the button answered ${pressed.status}`);
  await control.payAsCustomer(subscriptionId, { card: "good" });
}

export const CAST: readonly Member[] = [
  {
    name: "Ada",
    fate: "no money on day 0 and day 3, and money on day 10",
    outcomes: [SOFT, SOFT],
    ends: { outcome: "recovered", by: "attempt", payments: 3, succeeded: 1, status: "active" },
  },
  {
    name: "Ben",
    fate: "an expired card, and a mail that brings him to a new one",
    outcomes: [{ decline: "EXPIRED_CARD" }],
    act: payByMail,
    ends: { outcome: "recovered", by: "link", payments: 2, succeeded: 1, status: "active" },
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
    fate: "a good retry, but every webhook comes twice and in disorder",
    outcomes: [SOFT],
    prepare: async (control, subscriptionId) => {
      await control.addWebhookFault({ kind: "duplicated", subscriptionId, copies: 3 });
      await control.addWebhookFault({ kind: "shuffled", subscriptionId, ms: 400 });
    },
    ends: { outcome: "recovered", by: "attempt", payments: 2, succeeded: 1, status: "active" },
  },
  {
    name: "Finn",
    fate: "a charge whose answer is lost: found again, not sent again",
    outcomes: [SOFT],
    prepare: async (control, subscriptionId) => {
      await control.addFault({
        kind: "drop_after",
        method: "POST",
        route: "/subscriptions/:id/charge",
        subscriptionId,
      });
    },
    ends: { outcome: "recovered", by: "attempt", payments: 2, succeeded: 1, status: "active" },
  },
];
