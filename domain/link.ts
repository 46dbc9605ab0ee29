import type { LinkOutcome } from "./event.ts";
import { settle } from "./ending.ts";
import { standingOf, type Payment } from "./payment.ts";
import { describeInstant } from "./time.ts";
import { account, because, hold, reply, start, tell, update, type Turn } from "./turn.ts";

/** The customer pressed the button: a page that can still be used is used again, else Dodo is asked for one. */
export function wantLink(turn: Turn, commandId: string): void {
  const { link, debt } = turn.recovery;
  if (debt === null) return;
  if (link?.standing === "live" && link.url !== null) {
    reply(turn, commandId, { ok: true, url: link.url, expiresAt: link.expiresAt });
    because(turn, "link.reused", "the page made before can still be used");
    return;
  }
  if (link?.standing === "being_made") {
    update(turn, { link: { ...link, waiting: [...link.waiting, commandId].slice(-20) } });
    because(turn, "link.reused", "a page is being made");
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

/** Dodo answered, or did not. A page that nobody saw bars nothing. @source design, "The fence" */
export function onLinkFinished(turn: Turn, outcome: LinkOutcome): void {
  const { link } = turn.recovery;
  if (link === null || link.standing !== "being_made") {
    because(turn, "link.not_made", "nobody waits for the page any more");
    return;
  }
  if (outcome.kind === "made") {
    answer(turn, { ok: true, url: outcome.url, expiresAt: outcome.expiresAt });
    const firstLook = turn.now + (turn.policy.retry.followUpMs[0] ?? 0);
    update(turn, {
      link: {
        standing: "live",
        madeAt: turn.now,
        url: outcome.url,
        paymentId: outcome.paymentId,
        expiresAt: outcome.expiresAt,
        waiting: [],
      },
      watch: { why: "link", since: turn.now, reads: 0, nextAt: firstLook },
    });
    because(turn, "link.made", outcome.paymentId ?? "a page without a payment of its own");
    return;
  }
  answer(turn, { ok: false, code: "not_now", reason: "Dodo could not make the page" });
  update(turn, { link: null });
  because(turn, "link.not_made", describe(outcome));
  if (outcome.kind === "refused") {
    if (outcome.httpStatus === 401 || outcome.httpStatus === 403) {
      hold(turn, "account_refused", outcome.code);
    } else {
      tell(turn, "refused_request", `payment page: ${outcome.code}`);
    }
  }
}

function describe(outcome: Exclude<LinkOutcome, { kind: "made" }>): string {
  if (outcome.kind === "refused") return `refused: ${outcome.code}`;
  return outcome.kind === "unknown" ? outcome.detail : `nothing to pay: ${outcome.why}`;
}

function answer(turn: Turn, message: Parameters<typeof reply>[2]): void {
  for (const commandId of turn.recovery.link?.waiting ?? []) reply(turn, commandId, message);
}

/** What the link's own payment says. It belongs to the debt whatever its amount. @source design, "Links" */
export function onLinkPayment(turn: Turn, payment: Payment): void {
  switch (standingOf(payment)) {
    case "succeeded":
      onLinkSuccess(turn, payment);
      return;
    case "declined":
      account(turn, payment.paymentId);
      update(turn, { link: null, ...watchWithoutLink(turn) });
      because(
        turn,
        "link.over",
        `${payment.paymentId} was declined: ${payment.declineCode ?? "no code"}`,
      );
      return;
    case "abandoned":
    case "open":
      return;
  }
}

/** On a hold it is the dues; elsewhere a set-up without an amount, or something a person must look at. */
function onLinkSuccess(turn: Turn, payment: Payment): void {
  if (turn.recovery.heldSeen && payment.totalMinor > 0) {
    settle(turn, { by: "link", paymentId: payment.paymentId, rule: "payment.settles" });
    return;
  }
  account(turn, payment.paymentId);
  update(turn, { link: null, ...watchWithoutLink(turn) });
  because(turn, "link.over", `the customer finished the page (${payment.paymentId})`);
  if (payment.totalMinor > 0) hold(turn, "foreign_success", payment.paymentId);
}

/** After a complete read: the page is over when its time is, and its payment is untouched. */
export function afterLinkRead(turn: Turn, payments: readonly Payment[]): void {
  const { link, watch } = turn.recovery;
  if (link === null || link.standing !== "live") return;
  const payment = payments.find(({ paymentId }) => paymentId === link.paymentId);
  const isTouched = payment !== undefined && standingOf(payment) === "open";
  const expired = link.expiresAt !== null && turn.now >= link.expiresAt;
  if (expired && !isTouched) {
    if (link.paymentId !== null) account(turn, link.paymentId);
    update(turn, { link: null, ...watchWithoutLink(turn) });
    because(turn, "link.over", "the page expired unused");
    return;
  }
  const deadline = link.madeAt + turn.policy.retry.outcomeDeadlineMs;
  if (turn.now >= deadline) {
    hold(turn, "outcome_deadline", link.paymentId ?? "the customer's page");
  }
  const reads = (watch?.reads ?? 0) + 1;
  const { followUpMs } = turn.policy.retry;
  const followUp = turn.now + (followUpMs[Math.min(reads, followUpMs.length - 1)] ?? 0);
  const end =
    expired || link.expiresAt === null ? followUp : Math.min(followUp, link.expiresAt + 1);
  update(turn, {
    watch: { why: "link", since: link.madeAt, reads, nextAt: Math.max(end, turn.now + 1) },
  });
  const until = link.expiresAt === null ? "its payment ends" : describeInstant(link.expiresAt);
  because(turn, "link.live", `the customer can pay until ${until}`);
}

function watchWithoutLink(turn: Turn): { readonly watch?: null } {
  return turn.recovery.watch?.why === "link" ? { watch: null } : {};
}
