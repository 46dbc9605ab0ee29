import type { Settings } from "../settings.ts";
import type { Books } from "./state/entities.ts";
import type { Timers } from "./timers.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";

/** One sandbox: its books, its settings, its timers and its post office. */
export type World = {
  readonly books: Books;
  readonly settings: Settings;
  readonly timers: Timers;
  readonly webhooks: Webhooks;
  /** Where pages and links point, without a slash at the end. */
  publicUrl: string;
};

/** The time of a request, in milliseconds since 1970; it goes before the wall clock. */
export const NOW_HEADER = "x-sandbox-now";

/** For what belongs to no subscription. */
export function wallNow(settings: Settings): number {
  return Date.now() + settings.clockOffsetMs;
}
