import type { Settings } from "../settings.ts";
import type { Store } from "./state/entities.ts";
import type { Timers } from "./timers.ts";
import type { WebhookSender } from "../webhooks/webhooks.ts";

/** One sandbox: its store, its settings, its timers and its post office. */
export type SandboxContext = {
  readonly store: Store;
  readonly settings: Settings;
  readonly timers: Timers;
  readonly webhooks: WebhookSender;
  /** Where pages and links point, without a slash at the end. */
  publicUrl: string;
};

/** The time of a request, in milliseconds since 1970; it goes before the wall clock. */
export const NOW_HEADER = "x-sandbox-now";

/** For what belongs to no subscription. */
export function wallNow(settings: Settings): number {
  return Date.now() + settings.clockOffsetMs;
}
