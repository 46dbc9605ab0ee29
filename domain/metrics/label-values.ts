import type { NoticeOutcome } from "../state/event.ts";
import { type Actor, ACTORS } from "../state/outcome.ts";

// The values of labels: a metric's series are bounded by them.

/**
 * `refused`: Dodo refused the request · `not_attempted`: nothing was sent, and the attempt may be due again · `unknown`: no answer;
 * where the payment is found later, it counts again, with its result · `released`: an operator confirmed that its payment is dead
 */
export const ATTEMPT_RESULTS = [
  "succeeded",
  "declined",
  "refused",
  "not_attempted",
  "unknown",
  "shadowed",
  "released",
] as const;

export const DECLINE_CLASSES = ["soft", "hard"] as const;

/** Empty: nobody. */
export const ENDED_BY: readonly (Actor | "")[] = ["", ...ACTORS];

/**
 * `sent`: the mail server took it · `rejected`: the address is missing, or the server refuses it · `withheld`: no longer due, or
 * the weekly cap was reached · `shadowed`: shadow mode sends nothing · `unsent`: given up, as the mail server or Dodo was down
 */
export const NOTICE_RESULTS = ["sent", "rejected", "withheld", "shadowed", "unsent"] as const;
export type NoticeCountResult = (typeof NOTICE_RESULTS)[number];

export function noticeResultOf(outcome: NoticeOutcome): NoticeCountResult {
  switch (outcome.kind) {
    case "sent":
    case "unsent":
      return outcome.kind;
    case "undeliverable":
      return "rejected";
    case "not_sent":
      return outcome.why === "shadow" ? "shadowed" : "withheld";
  }
}

/** What a sweep did with what it found. `deferred`: left to the next sweep. */
export const FOUND = ["opened", "notified", "listed", "checkouts", "deferred"] as const;

/** An ISO 4217 code; anything else, as only Dodo knows what it sends, is `other`. */
export function currencyLabel(currency: string): string {
  return /^[A-Z]{3}$/.test(currency) ? currency : "other";
}
