import type { Settings } from "../settings.ts";
import type { Delivery, EventSubject } from "./state/logs.ts";
import type { Store } from "./state/store.ts";
import type { Timers } from "./timers.ts";

/** State and services that all operations of one sandbox share. */
export type SandboxContext = {
  readonly store: Store;
  readonly settings: Settings;
  readonly timers: Timers;
  readonly webhooks: WebhookSender;
  /** Base URL of the hosted payment pages, without a trailing slash. */
  publicUrl: string;
};

export type WebhookEvent = {
  readonly type: string;
  readonly subject: EventSubject;
  /** Milliseconds since 1970. */
  readonly occurredAt: number;
  readonly subscriptionId: string | null;
  readonly paymentId: string | null;
  /** Replaces fields of the payload's `data`. */
  readonly overrides?: Record<string, unknown>;
  /** Signs with a wrong key. */
  readonly forged?: boolean;
  /** Moves the signed timestamp, in milliseconds. */
  readonly signedOffsetMs?: number;
};

export type WebhookSender = {
  readonly emit: (event: WebhookEvent) => Delivery;
  /** Sends a delivery again with the same `webhook-id`, whatever its state. No retries follow. */
  readonly resend: (delivery: Delivery) => void;
};

/** Request header with the time to use as now, in milliseconds since 1970, instead of the wall clock. */
export const NOW_HEADER = "x-sandbox-now";

/** The time, in milliseconds since 1970. Subscriptions have clocks of their own; everything else uses this one. */
export function wallNow(settings: Settings): number {
  return Date.now() + settings.clockOffsetMs;
}
