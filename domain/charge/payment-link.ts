import { settle } from "../debt/ending.ts";
import { doubtOthers } from "../debt/queue.ts";
import {
  because,
  dealWith,
  followUpAt,
  hold,
  release,
  reply,
  start,
  tell,
  type Turn,
  update,
} from "../draft/draft.ts";
import type { LinkOutcome } from "../state/event.ts";
import { type Payment, standingOf } from "../state/payment.ts";
import type { PaymentLink } from "../state/recovery.ts";
import { describeInstant } from "../values/time.ts";

/** How many may wait for one page: a button pressed more often than that is no person. */
const WAITING_MAX = 20;

/** The customer pressed the button: a page that can still be used is used again, else Dodo is asked for one. */
export function wantLink(turn: Turn, commandId: string): void {
  const { link, debt } = turn.recovery;
  if (debt === null) return;
  if (link !== null && link.standing !== "being_made" && link.url !== null) {
    reply(turn, commandId, { ok: true, url: link.url, expiresAt: link.expiresAt });
    because(turn, "link.reused", "the page made before can still be used");
    return;
  }
  if (link !== null) {
    waitForPage(turn, link, commandId);
    return;
  }
  start(turn, { kind: "link", debtId: debt.id });
  update(turn, {
    link: {
      standing: "being_made",
      madeAt: turn.now,
      url: null,
      paymentId: null,
      expiresAt: null,
      waiting: [commandId],
    },
  });
  because(turn, "link.made", "the customer wants to pay");
}

function waitForPage(turn: Turn, link: PaymentLink, commandId: string): void {
  if (link.waiting.length >= WAITING_MAX) {
    reply(turn, commandId, { ok: false, code: "not_now", reason: "the page is being made" });
    because(turn, "link.not_made", "too many wait for the page");
    return;
  }
  update(turn, { link: { ...link, waiting: [...link.waiting, commandId] } });
  because(turn, "link.reused", "a page is being made");
}

/** Dodo answered, or did not. A page that nobody saw bars nothing. @source design, "The fence" */
export function onLinkFinished(turn: Turn, outcome: LinkOutcome): void {
  const { link } = turn.recovery;
  if (link === null || link.standing !== "being_made") {
    because(turn, "link.not_made", "nobody waits for the page any more");
    return;
  }
  if (outcome.kind === "made") {
    answerAll(turn, { ok: true, url: outcome.url, expiresAt: outcome.expiresAt });
    const { url, paymentId, expiresAt } = outcome;
    update(turn, {
      link: { standing: "live", madeAt: turn.now, url, paymentId, expiresAt, waiting: [] },
      watch: { why: "link", since: turn.now, reads: 0, nextAt: followUpAt(turn, 0) },
    });
    because(turn, "link.made", paymentId ?? "a page without a payment of its own");
    return;
  }
  answerAll(turn, { ok: false, code: "not_now", reason: "Dodo could not make the page" });
  update(turn, { link: null });
  because(turn, "link.not_made", describe(outcome));
  if (outcome.kind === "refused") {
    // The key is not this recovery's matter: charging is stopped for the whole account, and the operator told.
    const isAccount = outcome.httpStatus === 401 || outcome.httpStatus === 403;
    if (!isAccount) tell(turn, "refused_request", `payment page: ${outcome.code}`);
  }
}

function describe(outcome: Exclude<LinkOutcome, { readonly kind: "made" }>): string {
  if (outcome.kind === "refused") return `refused: ${outcome.code}`;
  return outcome.kind === "unknown" ? outcome.detail : `nothing to pay: ${outcome.why}`;
}

function answerAll(turn: Turn, message: Parameters<typeof reply>[2]): void {
  for (const commandId of turn.recovery.link?.waiting ?? []) reply(turn, commandId, message);
}

/** What the link's own payment says. It belongs to the debt whatever its amount. @source design, "Links" */
export function onLinkPayment(turn: Turn, payment: Payment): void {
  const { link, heldSeen } = turn.recovery;
  if (link === null) return;
  const { paymentId } = payment;
  switch (standingOf(payment)) {
    case "succeeded":
      // On a hold it is the dues; elsewhere a set-up without an amount, or something a person must look at.
      if (heldSeen && payment.totalMinor > 0) {
        doubtOthers(turn, payment);
        settle(turn, { by: "link", paymentId, rule: "payment.settles" });
        return;
      }
      dropLink(turn, `the customer finished the page (${paymentId})`);
      if (payment.totalMinor > 0) hold(turn, "foreign_success", paymentId);
      return;
    case "declined":
      dealWith(turn, paymentId);
      dropLink(turn, `${paymentId} was declined: ${payment.declineCode ?? "no code"}`);
      return;
    case "open":
      if (link.standing === "live") update(turn, { link: { ...link, standing: "used" } });
      return;
    case "abandoned":
      return;
  }
}

/** The page is over: attempts go on. */
export function dropLink(turn: Turn, reason: string): void {
  const { watch } = turn.recovery;
  update(turn, { link: null, ...(watch?.why === "link" ? { watch: null } : {}) });
  because(turn, "link.over", reason);
  release(turn, ["outcome_deadline"]);
}

/** After a complete read: the page is over when its time is, and its payment is untouched. */
export function afterLinkRead(turn: Turn, payments: readonly Payment[]): void {
  const { link, watch } = turn.recovery;
  if (link === null || link.standing === "being_made") return;
  const payment = payments.find(({ paymentId }) => paymentId === link.paymentId);
  const isTouched = payment !== undefined && standingOf(payment) === "open";
  const isExpired = link.expiresAt !== null && turn.now >= link.expiresAt;
  if (isExpired && !isTouched) {
    if (link.paymentId !== null) dealWith(turn, link.paymentId);
    dropLink(turn, "the page expired unused");
    return;
  }
  if (turn.now >= link.madeAt + turn.policy.retry.outcomeDeadlineMs) {
    hold(turn, "outcome_deadline", link.paymentId ?? "the customer's page");
  }
  const reads = watch?.why === "link" ? watch.reads + 1 : 1;
  const later = followUpAt(turn, reads);
  const end = isExpired || link.expiresAt === null ? later : Math.min(later, link.expiresAt + 1);
  const nextAt = Math.max(end, turn.now + 1);
  update(turn, { watch: { why: "link", since: link.madeAt, reads, nextAt } });
  const until = link.expiresAt === null ? "its payment ends" : describeInstant(link.expiresAt);
  because(turn, "link.live", `the customer can pay until ${until}`);
}
