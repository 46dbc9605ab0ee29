import type { Dodo, DodoPayment } from "../../dodo/client.ts";
import { fieldsOf, textOf } from "../../dodo/shapes.ts";
import type { NoticeAnswer, NoticeRequest } from "../../domain/notice/weekly-cap.ts";
import type { NoticeOutcome } from "../../domain/state/event.ts";
import type { NoticeKind, NoticeStep } from "../../domain/state/notice.ts";
import type { DebtId, PaymentId, RecoveryId } from "../../domain/values/ids.ts";
import { type CurrencyCode, money } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import {
  daysBetween,
  formatDay,
  formatMoment,
  formatMoney,
} from "../../platform/customer/format.ts";
import type { Recipient } from "../../platform/customer/recipient.ts";
import { customerUrls, type LinkSigner } from "../../platform/link-token.ts";
import { type OwedInput, stillOwed } from "../evidence/still-owed.ts";
import { brandedMail, logoUrlOf } from "../mail/branded-mail.ts";
import { customerNameOf, paidWithOf, recipientOfCustomer } from "../mail/customer.ts";
import type { Mailer } from "../mail/mailer.ts";
import { composeNotice, type NoticeFacts, type When } from "./compose.ts";

export type NoticeInput = OwedInput & {
  readonly at: Instant;
  readonly recoveryId: RecoveryId;
  readonly notice: NoticeKind;
  /** Unique within the debt. */
  readonly key: string;
  readonly debtId: DebtId;
  readonly amountMinor: number;
  readonly currency: CurrencyCode;
  /** Null where nothing could be charged yet. */
  readonly failedPaymentId: PaymentId | null;
  readonly declineCode: string | null;
  readonly nextAttemptAt: Instant | null;
  readonly windowEndsAt: Instant;
  readonly withLink: boolean;
  readonly step?: NoticeStep;
  readonly cancelsAtEnd?: boolean;
  readonly paidBy?: PaymentId | null;
  /** How many the customer may have in seven days. */
  readonly perWeek?: number;
};

export type NoticeDependencies = {
  readonly dodo: Dodo;
  readonly mailer: Mailer;
  readonly brand: Brand;
  readonly publicUrl: string;
  readonly links: LinkSigner;
  /** Counts it among what the customer is sent; the same key again counts once. */
  readonly reserveNotice: (customerId: string, request: NoticeRequest) => Promise<NoticeAnswer>;
  readonly now: () => Instant;
};

/**
 * Writes to the customer, after Dodo was read once more. Name and address are read here and go nowhere else.
 * @returns `undeliverable` for an address that cannot be written to; an outage throws, and Temporal tries again
 */
export async function sendNotice(
  input: NoticeInput,
  dependencies: NoticeDependencies,
): Promise<NoticeOutcome> {
  const { dodo, mailer, brand, now } = dependencies;
  // In shadow mode nothing was cancelled.
  const afterEnd = input.notice === "cancelled" && input.mode === "act";
  const owed = await stillOwed({ ...input, afterEnd }, dodo, now());
  if (owed.kind === "not_owed") return { kind: "not_sent", why: owed.why };
  const customer = fieldsOf(owed.raw.customer);
  const to = textOf(customer["email"]);
  if (to === null || !to.includes("@")) return { kind: "undeliverable", detail: "no address" };
  const paymentId = input.paidBy ?? input.failedPaymentId;
  const payment = paymentId === null ? null : await dodo.retrievePayment(paymentId, "patient");
  const recipient = recipientOfCustomer(owed.raw, brand, now());
  const urls = urlsOf(input, recipient, dependencies);
  const link = urls?.pay ?? null;
  const facts = factsOf(input, { recipient, brand, payment, link, now: now() });
  const mail = composeNotice(input.notice, {
    ...facts,
    customerName: customerNameOf(textOf(customer["name"])),
  });
  const thread = `${input.recoveryId}/${input.debtId}`;
  // Composed all the same: what cannot be written is found before it is meant.
  if (input.mode === "shadow") return { kind: "not_sent", why: "shadow", notice: input.notice };
  const key = `${thread}/${input.key}`;
  const isEnough = await hadEnough(input, textOf(customer["customer_id"]), key, dependencies);
  if (isEnough !== null) return isEnough;
  const outcome = await mailer.send({
    to,
    key,
    thread,
    unsubscribeUrl: urls?.reminders ?? null,
    ...brandedMail(brand, recipient),
    ...mail,
  });
  return outcome.kind === "sent" ? outcome : { kind: "undeliverable", detail: outcome.detail };
}

/** Thanks, and that it is over, ask for nothing: they are neither counted nor held back. */
async function hadEnough(
  { notice, key, perWeek }: NoticeInput,
  customerId: string | null,
  name: string,
  { reserveNotice, now }: NoticeDependencies,
): Promise<NoticeOutcome | null> {
  const isClosing = notice === "recovered" || notice === "cancelled";
  if (isClosing || perWeek === undefined || customerId === null) return null;
  const answer = await reserveNotice(customerId, { key: name, at: now(), perWeek });
  return answer.granted
    ? null
    : { kind: "not_sent", why: "weekly_cap_reached", key, until: answer.until };
}

/** The pages open in the mail's language. */
function urlsOf(
  { withLink, subscriptionId, debtId, windowEndsAt }: NoticeInput,
  { language }: Recipient,
  { publicUrl, links }: NoticeDependencies,
): ReturnType<typeof customerUrls> | null {
  if (!withLink) return null;
  const claim = { subscriptionId, debtId, expiresAt: windowEndsAt };
  return customerUrls(publicUrl, links, claim, language);
}

type Known = Pick<NoticeFacts, "recipient" | "brand" | "link"> & {
  readonly payment: DodoPayment | null;
  readonly now: Instant;
};

function factsOf(
  input: NoticeInput,
  { recipient, brand, payment, link, now }: Known,
): Omit<NoticeFacts, "customerName"> {
  const when = (instant: Instant): When => ({
    day: formatDay(instant, recipient),
    moment: formatMoment(instant, recipient),
  });
  // The customer knows the price with tax: that is what the payment asked for.
  const amountMinor = payment?.total_amount ?? input.amountMinor;
  const currency = payment?.currency ?? input.currency;
  return {
    recipient,
    brand,
    link,
    logoUrl: logoUrlOf(brand),
    amount: formatMoney(money(amountMinor, currency), recipient),
    paidWith: payment === null ? null : paidWithOf(payment, recipient),
    declineCode: input.declineCode,
    nextAttempt: input.nextAttemptAt === null ? null : when(input.nextAttemptAt),
    deadline: when(input.windowEndsAt),
    daysLeft: daysBetween(now, input.windowEndsAt, recipient),
    step: input.step ?? "first",
    cancelsAtEnd: input.cancelsAtEnd ?? false,
  };
}
