import type { Settings } from "../settings.ts";
import type { Delivery, EventSubject } from "./state/logs.ts";
import type { Store } from "./state/store.ts";
import type { Timers } from "./timers.ts";

/** What every operation of one sandbox works with. */
export type SandboxContext = {
  readonly store: Store;
  readonly settings: Settings;
  readonly timers: Timers;
  readonly webhooks: WebhookSender;
  /** The base of links to pages, without a trailing slash. */
  publicUrl: string;
};

export type WebhookEvent = {
  readonly type: string;
  readonly subject: EventSubject;
  /** Milliseconds since 1970. */
  readonly occurredAt: number;
  readonly subscriptionId: string | null;
  readonly paymentId: string | null;
  readonly overrides?: Record<string, unknown>;
  readonly forged?: boolean;
  readonly signedOffsetMs?: number;
};

export type WebhookSender = {
  readonly emit: (event: WebhookEvent) => Delivery;
  /** Sends a delivery again under its id, in any state and outside the retry schedule. */
  readonly resend: (delivery: Delivery) => void;
};

/** A request states its time here, in milliseconds since 1970. It takes precedence over the wall clock. */
export const NOW_HEADER = "x-sandbox-now";

/** The time for objects that belong to no subscription, in milliseconds since 1970. */
export function wallNow(settings: Settings): number {
  return Date.now() + settings.clockOffsetMs;
}
