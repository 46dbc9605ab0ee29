import { DAY_MS, type Instant } from "../values/time.ts";

/** A notice that a customer was sent, or is about to be, about any of their subscriptions. */
export type ReservedNotice = { readonly key: string; readonly at: Instant };

/** Asks whether a notice may be sent now. */
export type NoticeRequest = {
  /** Names the notice: a repeated request gets the same answer. */
  readonly key: string;
  readonly at: Instant;
  /** How many notices a customer gets in any seven days, at most. */
  readonly perWeek: number;
};

/** `until`: when the customer may get the next notice. */
export type NoticeAnswer =
  { readonly granted: true } | { readonly granted: false; readonly until: Instant };

const WEEK_MS = 7 * DAY_MS;

/** How long a customer's notices are remembered. */
export const REMEMBERED_MS = WEEK_MS;

/**
 * Reserves a notice if the customer has had fewer than `perWeek` in the last seven days.
 *
 * @returns the notices to remember from now on, and the answer
 */
export function reserveNotice(
  reserved: readonly ReservedNotice[],
  { key, at, perWeek }: NoticeRequest,
): { readonly reserved: readonly ReservedNotice[]; readonly answer: NoticeAnswer } {
  const recent = reserved.filter((one) => one.at > at - WEEK_MS).toSorted((a, b) => a.at - b.at);
  if (recent.some((one) => one.key === key)) {
    return { reserved: recent, answer: { granted: true } };
  }
  // There is room again once this one is a week old.
  const blocking = recent[recent.length - perWeek];
  if (blocking !== undefined) {
    return { reserved: recent, answer: { granted: false, until: blocking.at + WEEK_MS } };
  }
  return { reserved: [...recent, { key, at }], answer: { granted: true } };
}
