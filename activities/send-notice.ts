import type { NoticeOutcome } from "../domain/event.ts";
import type { DebtId, PaymentId, RecoveryId } from "../domain/ids.ts";
import { currencyExponent, type CurrencyCode } from "../domain/money.ts";
import type { NoticeKind } from "../domain/notice.ts";
import type { Instant } from "../domain/time.ts";
import { fieldsOf, textOf } from "../platform/dodo-payload.ts";
import { payUrl, type LinkSigner } from "../platform/link-token.ts";
import type { Dodo, DodoPayment } from "./dodo.ts";
import type { Mailer } from "./mailer.ts";
import { composeNotice, type NoticeFacts } from "./notices/compose.ts";
import { stillOwed, type OwedInput } from "./still-owed.ts";

export type NoticeInput = OwedInput & {
  readonly at: Instant;
  readonly recoveryId: RecoveryId;
  readonly notice: NoticeKind;
  /** Unique within the debt. */
  readonly key: string;
  readonly debtId: DebtId;
  readonly amountMinor: number;
  readonly currency: CurrencyCode;
  readonly failedPaymentId: PaymentId;
  readonly declineCode: string | null;
  readonly nextAttemptAt: Instant | null;
  readonly windowEndsAt: Instant;
  readonly withLink: boolean;
};

export type NoticeDependencies = {
  readonly dodo: Dodo;
  readonly mailer: Mailer;
  readonly publicUrl: string;
  readonly links: LinkSigner;
  readonly now: () => Instant;
};

/**
 * Writes to the customer, after Dodo was read once more. Name and address are read here and go nowhere else.
 * @returns `undeliverable` for an address that cannot be written to; an outage throws, and Temporal tries again
 */
export async function sendNotice(
  input: NoticeInput,
  { dodo, mailer, publicUrl, links, now }: NoticeDependencies,
): Promise<NoticeOutcome> {
  const owed = await stillOwed(input, dodo, now());
  if (owed.kind === "not_owed") return { kind: "not_sent", why: owed.why };
  const customer = fieldsOf(owed.raw.customer);
  const to = textOf(customer["email"]);
  if (to === null || !to.includes("@")) return { kind: "undeliverable", detail: "no address" };
  const failed = await dodo.retrievePayment(input.failedPaymentId, "patient");
  const link = input.withLink
    ? payUrl(publicUrl, links, {
        subscriptionId: input.subscriptionId,
        debtId: input.debtId,
        expiresAt: input.windowEndsAt,
      })
    : null;
  const mail = composeNotice(input.notice, factsOf(input, textOf(customer["name"]), failed, link));
  const key = `${input.recoveryId}/${input.debtId}/${input.key}`;
  // Composed all the same: what cannot be written is found before it is meant.
  if (input.mode === "shadow") return { kind: "not_sent", why: "shadow", notice: input.notice };
  const outcome = await mailer.send({ to, key, ...mail });
  return outcome.kind === "sent" ? outcome : { kind: "undeliverable", detail: outcome.detail };
}

function factsOf(
  input: NoticeInput,
  customerName: string | null,
  failed: DodoPayment,
  link: string | null,
): NoticeFacts {
  return {
    customerName,
    // The customer knows the price with tax: that is what the failed payment asked for.
    amount: formatAmount(
      failed.total_amount ?? input.amountMinor,
      failed.currency ?? input.currency,
    ),
    card: cardOf(failed),
    declineCode: input.declineCode,
    nextAttempt: input.nextAttemptAt === null ? null : formatDay(input.nextAttemptAt),
    deadline: formatDay(input.windowEndsAt),
    link,
  };
}

/** In the reader's own language later; in English now. */
export function formatAmount(amountMinor: number, currency: CurrencyCode): string {
  return new Intl.NumberFormat("en", { style: "currency", currency }).format(
    amountMinor / 10 ** currencyExponent(currency),
  );
}

function formatDay(instant: Instant): string {
  const text = new Intl.DateTimeFormat("en", {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
    timeZone: "UTC",
  }).format(instant);
  return `${text} UTC`;
}

export function cardOf(payment: DodoPayment): string | null {
  const lastFour = textOf(payment.card_last_four);
  if (lastFour === null || !/^\d{4}$/.test(lastFour)) return null;
  const network = textOf(payment.card_network);
  const brand = network === null ? "Card" : network[0] + network.slice(1).toLowerCase();
  return `${brand} ending in ${lastFour}`;
}
