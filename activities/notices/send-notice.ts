import { isSilent } from "../../domain/state/outcome.ts";
import type { Offer, RecoveryPort, Subscriber } from "../../dodo/port.ts";
import type { ReplacementContext } from "../../domain/debt/replacement.ts";
import type { NoticeAnswer, NoticeRequest } from "../../domain/notice/weekly-cap.ts";
import type { NoticeOutcome } from "../../domain/state/event.ts";
import {
  isClosingNotice,
  type NoticeKind,
  type NoticeStep,
  type ShownFacts,
} from "../../domain/state/notice.ts";
import { hasAmount, waitsFor } from "../../domain/state/payment.ts";
import type { DebtId, PaymentId, RecoveryId } from "../../domain/values/ids.ts";
import { type CurrencyCode, money } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";
import { type Brand, brandOf, knownBrandId } from "../../platform/customer/brand.ts";
import {
  daysBetween,
  formatDay,
  formatMoment,
  formatMoney,
} from "../../platform/customer/format.ts";
import { paidWithOf } from "../../platform/customer/paid-with.ts";
import type { Recipient } from "../../platform/customer/recipient.ts";
import { customerUrls, type LinkSigner } from "../../platform/link-token.ts";
import {
  findReplacement,
  listCustomerPayments,
  type ReplacementSearch,
} from "../evidence/find-replacement.ts";
import { type OwedInput, stillOwed } from "../evidence/still-owed.ts";
import { brandedMail, logoUrlOf } from "../mail/branded-mail.ts";
import { NO_ADDRESS, plainAddressOf } from "../mail/mailbox.ts";
import type { Mailer } from "../mail/mailer.ts";
import { composeNotice } from "./compose.ts";
import { customerNameOf, recipientOfCustomer } from "./customer.ts";
import type { NoticeFacts, When } from "./notice-facts.ts";
import { productNameOf } from "./product.ts";
import type { ShownPayment } from "./shown-payments.ts";

export type NoticeInput = OwedInput & {
  readonly at: Instant;
  readonly recoveryId: RecoveryId;
  readonly notice: NoticeKind;
  /** Unique within the debt. */
  readonly key: string;
  readonly debtId: DebtId;
  /** With tax, in minor units. */
  readonly amountMinor: number;
  readonly currency: CurrencyCode;
  /** Null if nothing has been charged yet. */
  readonly failedPaymentId: PaymentId | null;
  readonly declineCode: string | null;
  readonly nextAttemptAt: Instant | null;
  readonly windowEndsAt: Instant;
  readonly withLink: boolean;
  readonly step?: NoticeStep;
  readonly cancelsAtEnd?: boolean;
  readonly paidBy?: PaymentId | null;
  /** `confirm_payment` only: the payment that waits for the customer. */
  readonly waitingPaymentId?: PaymentId;
  /** Says which of the customer's payments replace the subscription; absent where none is looked for. */
  readonly replacement?: ReplacementContext;
  /** How many notices the customer may get in seven days. */
  readonly perWeek?: number;
  /** When the debt was imported; absent where it was not. */
  readonly importedAt?: Instant;
};

export type NoticeDependencies = {
  readonly dodo: RecoveryPort;
  readonly shownPayment: (id: PaymentId) => Promise<ShownPayment>;
  readonly mailer: Mailer;
  readonly brand: Brand;
  readonly publicUrl: string;
  readonly links: LinkSigner;
  /** Counts the notice for the customer's weekly cap. The same key counts once. */
  readonly reserveNotice: (customerId: string, request: NoticeRequest) => Promise<NoticeAnswer>;
  readonly now: () => Instant;
};

/**
 * Reads Dodo once more and sends the notice. The customer's name and address stay in this activity.
 * @returns `undeliverable` if Dodo has no usable address, or the server refuses it
 * @throws in an outage: Temporal retries
 */
export async function sendNotice(
  input: NoticeInput,
  dependencies: NoticeDependencies,
): Promise<NoticeOutcome> {
  const { dodo } = dependencies;
  // In shadow mode the subscription was not cancelled.
  const afterEnd = input.notice === "cancelled" && input.mode === "act";
  const { replacement } = input;
  const ofCustomer =
    replacement === undefined ? null : await listCustomerPayments(replacement, dodo, "patient");
  const listed = ofCustomer?.kind === "listed" ? ofCustomer.payments : null;
  const owed = await stillOwed({ ...input, afterEnd, ofCustomer: listed }, dodo);
  if (owed.kind === "not_owed") return { kind: "not_sent", why: owed.why };
  const { subscription } = owed.subscriber;
  const search: ReplacementSearch =
    replacement === undefined || ofCustomer === null
      ? { kind: "none" }
      : await findReplacement(ofCustomer, subscription, replacement, dodo, "patient");
  if (search.kind === "found") {
    const { key, debtId } = input;
    return { kind: "not_sent", why: "replaced", key, debtId, replacement: search.replacement };
  }
  const outcome = await deliver(input, owed.subscriber, dependencies);
  return search.kind === "unknown" ? { ...outcome, customerPaymentsUnknown: search.why } : outcome;
}

async function deliver(
  input: NoticeInput,
  { customer, offer }: Subscriber,
  dependencies: NoticeDependencies,
): Promise<NoticeOutcome> {
  const { dodo, shownPayment, mailer, now } = dependencies;
  const brand = brandOf(dependencies.brand, offer.brandId);
  const address = plainAddressOf(customer.email);
  if (address === null) return { kind: "undeliverable", detail: NO_ADDRESS };
  const paymentId = input.waitingPaymentId ?? input.paidBy ?? input.failedPaymentId;
  const details = paymentId === null ? null : await shownPayment(paymentId);
  if (hasEndedWaiting(input, details)) return { kind: "not_sent", why: "status_changed" };
  const recipient = recipientOfCustomer(customer, brand, now());
  const productName = await productNameOf(offer, dodo);
  const brandId = knownBrandId(dependencies.brand, offer.brandId);
  const urls = urlsOf(input, { language: recipient.language, brandId }, dependencies);
  const link = urls?.pay ?? null;
  const facts = factsOf(input, {
    recipient,
    brand,
    productName,
    details,
    link,
    now: now(),
  });
  const mail = composeNotice(input.notice, {
    ...facts,
    customerName: customerNameOf(customer.name),
  });
  const thread = `${input.recoveryId}/${input.debtId}`;
  // Shadow mode composes the mail too, so that errors show before the mode changes.
  if (isSilent(input.mode)) return { kind: "not_sent", why: "shadow", notice: input.notice };
  const key = `${thread}/${input.key}`;
  const capped = await weeklyCap(input, customer.customerId, key, dependencies);
  if (capped !== null) return capped;
  const outcome = await mailer.send({
    to: { address },
    key,
    thread,
    unsubscribeUrl: urls?.reminders ?? null,
    ...brandedMail(brand, recipient),
    ...mail,
  });
  if (outcome.kind !== "sent") return { kind: "undeliverable", detail: outcome.detail };
  const { locale, timeZone } = recipient;
  const shown: ShownFacts = {
    debtId: input.debtId,
    productName,
    paymentId,
    paidAt: details?.payment.createdAt ?? null,
    paidWith: details?.paidWith ?? null,
    locale,
    timeZone,
  };
  return { ...outcome, shown };
}

/** The payment that the notice is about no longer waits for the customer. */
function hasEndedWaiting({ notice }: NoticeInput, details: ShownPayment | null): boolean {
  if (notice !== "confirm_payment") return false;
  return details === null || waitsFor(details.payment) !== "customer";
}

/** Applies the weekly cap. The closing mails ask for nothing, so they neither count nor wait. */
async function weeklyCap(
  { notice, key, perWeek, importedAt }: NoticeInput,
  customerId: string | null,
  name: string,
  { reserveNotice, now }: NoticeDependencies,
): Promise<NoticeOutcome | null> {
  if (isClosingNotice(notice) || perWeek === undefined || customerId === null) return null;
  const imported = importedAt === undefined ? {} : { importedAt };
  const answer = await reserveNotice(customerId, { key: name, at: now(), perWeek, ...imported });
  return answer.granted
    ? null
    : { kind: "not_sent", why: "weekly_cap_reached", key, until: answer.until };
}

/** The customer's pages, in the language and with the brand of the mail. */
function urlsOf(
  { withLink, subscriptionId, debtId, windowEndsAt }: NoticeInput,
  { language, brandId }: Pick<Recipient, "language"> & Pick<Offer, "brandId">,
  { publicUrl, links }: NoticeDependencies,
): ReturnType<typeof customerUrls> | null {
  if (!withLink) return null;
  const claim = { subscriptionId, debtId, expiresAt: windowEndsAt };
  return customerUrls(publicUrl, links, claim, language, brandId);
}

type Known = Pick<NoticeFacts, "recipient" | "brand" | "productName" | "link"> & {
  readonly details: ShownPayment | null;
  readonly now: Instant;
};

function factsOf(
  input: NoticeInput,
  { recipient, brand, productName, details, link, now }: Known,
): Omit<NoticeFacts, "customerName"> {
  const when = (instant: Instant): When => ({
    day: formatDay(instant, recipient),
    moment: formatMoment(instant, recipient),
  });
  const { payment = null, paidWith = null } = details ?? {};
  // Customers know the price with tax: the payment's total.
  const isPriced = payment !== null && hasAmount(payment) && payment.currency !== "";
  const { amountMinor, currency } = isPriced
    ? { amountMinor: payment.totalMinor, currency: payment.currency }
    : input;
  return {
    recipient,
    brand,
    link,
    logoUrl: logoUrlOf(brand),
    productName,
    amount: formatMoney(money(amountMinor, currency), recipient),
    paidOn: payment === null ? null : formatDay(payment.createdAt, recipient),
    paidWith: paidWith === null ? null : paidWithOf(paidWith, recipient),
    declineCode: input.declineCode,
    nextAttempt: input.nextAttemptAt === null ? null : when(input.nextAttemptAt),
    deadline: when(input.windowEndsAt),
    daysLeft: daysBetween(now, input.windowEndsAt, recipient),
    step: input.step ?? "first",
    cancelsAtEnd: input.cancelsAtEnd ?? false,
    hasPage: details !== null && details.pageUrl !== null,
  };
}
