/** What a test reads back: the requests that reached Dodo's API, and the webhooks that left. */

/** A request to Dodo's API. Instants are milliseconds since 1970 by the wall clock. */
export type RequestEntry = {
  requestId: string;
  method: string;
  path: string;
  /** The pattern, such as `/subscriptions/:subscription_id/charge`; null: no route matched. */
  route: string | null;
  subscriptionId: string | null;
  /** The route can change state. */
  mutating: boolean;
  /** The header `Idempotency-Key`; null: none. */
  idempotencyKey: string | null;
  receivedAt: number;
  /** The time that the request claimed in `x-sandbox-now`. */
  sandboxNow: number | null;
  endedAt: number | null;
  /** `dropped`: a fault closed the connection · `client_closed`: the client closed it before the answer. */
  end: "open" | "answered" | "dropped" | "client_closed";
  /** The HTTP status of the answer. */
  status: number | null;
  /** The error code of the answer. */
  refusal: string | null;
  /** The kind of the fault that was injected. */
  fault: string | null;
  /** The payment that the request created, whether or not the client received the answer. */
  paymentId: string | null;
};

/** What an event is about. The body shows this object as it is at the time of each delivery attempt. */
export type EventSubject =
  | { readonly kind: "payment" | "subscription"; readonly id: string }
  | { readonly kind: "refund" | "dispute"; readonly paymentId: string; readonly id: string }
  | { readonly kind: "dunning"; readonly subscriptionId: string }
  | { readonly kind: "abandoned_checkout"; readonly paymentId: string }
  | { readonly kind: "raw" };

export type Delivery = {
  /** The header `webhook-id`. */
  deliveryId: string;
  type: string;
  subject: EventSubject;
  /** Fields that replace those of the body's `data`. */
  overrides: Record<string, unknown>;
  subscriptionId: string | null;
  paymentId: string | null;
  occurredAt: number;
  /** `lost`: a fault suppressed it · `unsent`: no endpoint subscribes to it. */
  state: "waiting" | "accepted" | "failed" | "lost" | "unsent";
  /** Attempts that are queued or in flight, in any `state`: a lost event can be resent. */
  pendingAttempts: number;
  /** Signed with a key that is not the endpoint's. */
  forged: boolean;
  /** Milliseconds added to the wall clock in the signed timestamp. */
  signedOffsetMs: number;
  attempts: DeliveryAttempt[];
};

export type DeliveryAttempt = {
  /** By the wall clock. */
  startedAt: number;
  endedAt: number | null;
  /** The HTTP status of the receiver's answer; null: no answer. */
  status: number | null;
  error: string | null;
  /** `data.status` of the body that was sent; it can be newer than the event. */
  dataStatus: string | null;
  /** `scheduled`: one of the eight attempts of the retry schedule. */
  kind: "scheduled" | "duplicate" | "resend";
};

/** Bounds the memory of a long run. */
const LOG_ENTRIES_MAX = 200_000;

/** Appends an entry, and discards the oldest tenth of a full log. */
export function appendToLog<Entry>(log: Entry[], entry: Entry): void {
  if (log.length >= LOG_ENTRIES_MAX) log.splice(0, LOG_ENTRIES_MAX / 10);
  log.push(entry);
}
