import { DAY_MS, type Instant } from "../values/time.ts";

/** A notice that was sent to a customer, whichever subscription it was about. */
export type TakenNotice = { readonly key: string; readonly at: Instant };

/** May this notice be sent now? */
export type NoticeRequest = {
  /** Of the notice: asked twice, the answer is the same. */
  readonly key: string;
  readonly at: Instant;
  readonly perWeek: number;
};

export type NoticeAnswer =
  { readonly granted: true } | { readonly granted: false; readonly until: Instant };

const WEEK_MS = 7 * DAY_MS;

/** How long a customer's notices are remembered. */
export const REMEMBERED_MS = WEEK_MS;

/** Counts a customer's notices of the last seven days. @returns what is to be remembered from now on, and the answer */
export function takeNotice(
  taken: readonly TakenNotice[],
  { key, at, perWeek }: NoticeRequest,
): { readonly taken: readonly TakenNotice[]; readonly answer: NoticeAnswer } {
  const lately = taken.filter((one) => one.at > at - WEEK_MS).toSorted((a, b) => a.at - b.at);
  if (lately.some((one) => one.key === key)) return { taken: lately, answer: { granted: true } };
  // The one that must be a week old before there is room.
  const inTheWay = lately[lately.length - perWeek];
  if (inTheWay !== undefined) {
    return { taken: lately, answer: { granted: false, until: inTheWay.at + WEEK_MS } };
  }
  return { taken: [...lately, { key, at }], answer: { granted: true } };
}
