import type { Dodo, DodoSubscription } from "../../dodo/client.ts";
import { paymentOf, subscriptionOf } from "../../dodo/shapes.ts";
import { canSettle, type DebtContext } from "../../domain/debt/attribution.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import { isTerminalStatus, type Subscription } from "../../domain/state/payment.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import { UnexpectedAnswerError } from "./evidence.ts";

export type OwedInput = {
  readonly subscriptionId: SubscriptionId;
  /** Null where no debt is open any more. */
  readonly debt: DebtContext | null;
  readonly mode: Mode;
  /** The subscription has ended, and that is what is to be told. */
  readonly afterEnd?: boolean;
};

export type Owed =
  | { readonly kind: "owed"; readonly raw: DodoSubscription; readonly subscription: Subscription }
  | { readonly kind: "not_owed"; readonly why: "paid" | "status_changed" | "opted_out" };

/** Before anybody is written to, sent to a page or cancelled: does Dodo still say that something is owed? */
export async function stillOwed(input: OwedInput, dodo: Dodo, now: Instant): Promise<Owed> {
  const raw = await dodo.retrieveSubscription(input.subscriptionId, "patient");
  const subscription = subscriptionOf(raw, now);
  if (subscription?.subscriptionId !== input.subscriptionId) {
    throw new UnexpectedAnswerError(`asked for ${input.subscriptionId}`);
  }
  if (subscription.optedOut) return { kind: "not_owed", why: "opted_out" };
  const { debt } = input;
  if (isTerminalStatus(subscription.status) !== (input.afterEnd ?? false)) {
    return { kind: "not_owed", why: "status_changed" };
  }
  if (debt === null) return { kind: "owed", raw, subscription };
  const listed = await dodo.listPayments(input.subscriptionId, debt.firstFailedAt, "patient");
  const isPaid = listed
    .map((row) => paymentOf(row, now, debt.debtKeyName))
    .some((payment) => payment !== null && canSettle(payment, debt));
  return isPaid ? { kind: "not_owed", why: "paid" } : { kind: "owed", raw, subscription };
}
