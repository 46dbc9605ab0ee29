import { IMPORT_QUIET_MS } from "../state/facts.ts";
import { DAY_MS, type Instant } from "../values/time.ts";

/** A notice that a customer was sent, or is about to be, about any of their subscriptions. */
export type ReservedNotice = {
  readonly key: string;
  readonly at: Instant;
  /** No other notice before this: it is the customer's one mail in the first day after an import. Absent: any. */
  readonly aloneUntil?: Instant;
};

/** Asks whether a notice may be sent now. */
export type NoticeRequest = {
  /** Names the notice: a repeated request gets the same answer. */
  readonly key: string;
  readonly at: Instant;
  /** How many notices a customer gets in any seven days, at most. */
  readonly perWeek: number;
  /** When the debt was imported: until a day later, the customer gets one notice at most, about any debt. Absent: it was not. */
  readonly importedAt?: Instant;
};

/** `until`: when the customer may get the next notice. */
export type NoticeAnswer =
  { readonly granted: true } | { readonly granted: false; readonly until: Instant };

const WEEK_MS = 7 * DAY_MS;

/** How long a customer's notices are remembered. */
export const REMEMBERED_MS = WEEK_MS;

/**
 * Reserves a notice if the customer has had fewer than `perWeek` in the last seven days, and none that stands alone.
 *
 * @returns the notices to remember from now on, and the answer
 */
export function reserveNotice(
  reserved: readonly ReservedNotice[],
  { key, at, perWeek, importedAt }: NoticeRequest,
): { readonly reserved: readonly ReservedNotice[]; readonly answer: NoticeAnswer } {
  const recent = reserved.filter((one) => one.at > at - WEEK_MS).toSorted((a, b) => a.at - b.at);
  const known = recent.find((one) => one.key === key);
  if (known !== undefined) {
    // It goes out now, perhaps once more, so it counts from now.
    const others = recent.filter((one) => one !== known);
    return { reserved: [...others, { ...known, at }], answer: { granted: true } };
  }
  // There is room again once this one is a week old.
  const blocking = recent[recent.length - perWeek];
  if (blocking !== undefined) {
    return { reserved: recent, answer: { granted: false, until: blocking.at + WEEK_MS } };
  }
  const quietUntil = Math.max(
    ...recent.map(({ aloneUntil = 0 }) => aloneUntil),
    recent.some((one) => one.at >= (importedAt ?? at)) ? aloneUntilOf(importedAt, at) : 0,
  );
  if (quietUntil > at) {
    return { reserved: recent, answer: { granted: false, until: quietUntil } };
  }
  const aloneUntil = aloneUntilOf(importedAt, at);
  const granted = { key, at, ...(aloneUntil > at ? { aloneUntil } : {}) };
  return { reserved: [...recent, granted], answer: { granted: true } };
}

const aloneUntilOf = (importedAt: Instant | undefined, at: Instant): Instant =>
  importedAt === undefined ? at : importedAt + IMPORT_QUIET_MS;
