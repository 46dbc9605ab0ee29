import type { RequestFault, RequestFaultInput } from "../faults/request-faults.ts";
import type { WebhookFault, WebhookFaultInput } from "../faults/webhook-faults.ts";
import { NOW_HEADER } from "../model/context.ts";
import type { Delivery, RequestEntry } from "../model/state/logs.ts";
import type { Outcome } from "../model/state/outcome.ts";
import type { PaymentStatus, SubscriptionStatus } from "../model/state/statuses.ts";
import type { Settings, SettingsPatch } from "../settings.ts";
import type * as inputs from "./inputs.ts";
import type { Ledger, LedgerSubscription } from "./ledger.ts";

type PaymentStatusAnswer = { readonly paymentId: string; readonly status: PaymentStatus | null };
type SubscriptionFilter = { readonly subscriptionId?: string };

/** The control API, from this process or another. Each call throws `SandboxControlError` unless the answer is 2xx. */
export type SandboxClient = {
  readonly createCustomer: (
    input?: inputs.CustomerInput,
  ) => Promise<{ readonly customerId: string; readonly methodIds: readonly string[] }>;
  readonly addPaymentMethod: (
    customerId: string,
    input?: inputs.CardInput,
  ) => Promise<{ readonly methodId: string }>;
  readonly createSubscription: (input?: inputs.SubscriptionInput) => Promise<{
    readonly subscriptionId: string;
    readonly customerId: string;
    readonly methodId: string | null;
  }>;
  /** Sets the given fields and emits no event. */
  readonly updateSubscription: (id: string, patch: inputs.SubscriptionPatchInput) => Promise<void>;
  /** Sets the outcomes of the next off-session charges, and of all charges after those. */
  readonly script: (id: string, next: Outcome[], byDefault?: Outcome | null) => Promise<void>;
  /** The merchant's own charge, or a scheduled renewal. It bypasses the rules that refuse a charge. */
  readonly charge: (
    id: string,
    input?: inputs.MerchantChargeInput,
  ) => Promise<{ readonly paymentId: string }>;
  /** The customer pays on the newest open page, or on a new one. */
  readonly payAsCustomer: (id: string, input?: inputs.CardInput) => Promise<PaymentStatusAnswer>;
  /** The customer changes the card in the portal; on a hold this collects the dues. */
  readonly changePaymentMethod: (
    id: string,
    input?: inputs.CardInput,
  ) => Promise<PaymentStatusAnswer>;
  /** Switches to another saved payment method; on a hold this collects the dues. */
  readonly useSavedMethod: (
    id: string,
    input: inputs.SavedMethodInput,
  ) => Promise<{ readonly paymentId: string | null }>;
  /** The customer buys the same product again, in a new checkout. @returns the new subscription and its payment */
  readonly buyAgain: (
    id: string,
    input?: inputs.CardInput,
  ) => Promise<PaymentStatusAnswer & { readonly subscriptionId: string }>;
  readonly cancelAsCustomer: (
    id: string,
    input?: inputs.CancelInput,
  ) => Promise<{ readonly status: SubscriptionStatus }>;
  /** Creates a payment that belongs to no subscription, or to several. */
  readonly createPayment: (
    input?: inputs.PaymentInput,
  ) => Promise<{ readonly paymentId: string; readonly customerId: string }>;
  /** Settles a payment at once. */
  readonly settlePayment: (
    paymentId: string,
    input: inputs.SettleInput,
  ) => Promise<PaymentStatusAnswer>;
  /** The customer pays on the page of this payment. */
  readonly payPayment: (
    paymentId: string,
    input?: inputs.CardInput,
  ) => Promise<PaymentStatusAnswer>;
  readonly refund: (
    paymentId: string,
    input?: inputs.RefundInput,
  ) => Promise<{ readonly refundId: string }>;
  readonly dispute: (
    paymentId: string,
    input?: inputs.DisputeInput,
  ) => Promise<{ readonly disputeId: string }>;
  readonly addFault: (fault: RequestFaultInput) => Promise<{ readonly faultId: string }>;
  readonly addWebhookFault: (fault: WebhookFaultInput) => Promise<{ readonly faultId: string }>;
  /** The faults that are still active. */
  readonly faults: () => Promise<{
    readonly faults: readonly RequestFault[];
    readonly webhookFaults: readonly WebhookFault[];
  }>;
  /** Clears request faults and webhook faults, of one subscription or of all. */
  readonly clearFaults: (filter?: SubscriptionFilter) => Promise<void>;
  /** Clears webhook faults only, of one subscription or of all. */
  readonly clearWebhookFaults: (filter?: SubscriptionFilter) => Promise<void>;
  readonly settings: () => Promise<Settings>;
  readonly setSettings: (patch: SettingsPatch) => Promise<Settings>;
  readonly sendEvent: (input: inputs.EventInput) => Promise<{ readonly deliveryId: string }>;
  readonly resendDelivery: (deliveryId: string) => Promise<void>;
  /** Resends deliveries in the given state. Left out: all, including the accepted ones. */
  readonly replayDeliveries: (input?: inputs.ReplayInput) => Promise<{ readonly resent: number }>;
  readonly ledger: (filter?: SubscriptionFilter) => Promise<Ledger>;
  /** @throws Error if there is no such subscription */
  readonly ledgerOf: (subscriptionId: string) => Promise<LedgerSubscription>;
  /** No payment is about to settle, and no webhook is waiting or in flight. */
  readonly isIdle: (subscriptionId: string) => Promise<boolean>;
  readonly requests: (filter?: SubscriptionFilter) => Promise<readonly RequestEntry[]>;
  readonly deliveries: (filter?: SubscriptionFilter) => Promise<readonly Delivery[]>;
  /** Discards all data and restores the initial settings. */
  readonly reset: () => Promise<void>;
};

export class SandboxControlError extends Error {
  override readonly name = "SandboxControlError";
  readonly status: number;

  constructor(status: number, text: string) {
    super(`The sandbox answered ${status}: ${text}`);
    this.status = status;
  }
}

export type SandboxClientOptions = {
  /** The time that each call claims, in milliseconds since 1970. */
  readonly now?: () => number;
};

type Call = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

function createCaller(url: string, { now }: SandboxClientOptions): Call {
  return async (method, path, body) => {
    const response = await fetch(`${url}/sandbox${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(now === undefined ? {} : { [NOW_HEADER]: String(now()) }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new SandboxControlError(response.status, text);
    return JSON.parse(text);
  };
}

/** @param url the sandbox's base URL, without a trailing slash */
export function createSandboxClient(
  url: string,
  options: SandboxClientOptions = {},
): SandboxClient {
  const call = createCaller(url, options);
  return { ...customerCalls(call), ...paymentCalls(call), ...faultCalls(call), ...logCalls(call) };
}

function queryOf({ subscriptionId }: SubscriptionFilter): string {
  return subscriptionId === undefined
    ? ""
    : `?subscriptionId=${encodeURIComponent(subscriptionId)}`;
}

type CustomerCall =
  | "createCustomer"
  | "addPaymentMethod"
  | "createSubscription"
  | "updateSubscription"
  | "script"
  | "cancelAsCustomer";

function customerCalls(call: Call): Pick<SandboxClient, CustomerCall> {
  return {
    createCustomer: (input = {}) => call("POST", "/customers", input),
    addPaymentMethod: (id, input = {}) => call("POST", `/customers/${id}/payment-methods`, input),
    createSubscription: (input = {}) => call("POST", "/subscriptions", input),
    updateSubscription: (id, patch) => call("PATCH", `/subscriptions/${id}`, patch),
    script: (id, outcomes, byDefault) =>
      call("PATCH", `/subscriptions/${id}`, {
        outcomes,
        ...(byDefault === undefined ? {} : { defaultOutcome: byDefault }),
      }),
    cancelAsCustomer: (id, input = {}) => call("POST", `/subscriptions/${id}/cancel`, input),
  };
}

type PaymentCall =
  | "charge"
  | "payAsCustomer"
  | "changePaymentMethod"
  | "useSavedMethod"
  | "buyAgain"
  | "createPayment"
  | "settlePayment"
  | "payPayment"
  | "refund"
  | "dispute";

function paymentCalls(call: Call): Pick<SandboxClient, PaymentCall> {
  return {
    charge: (id, input = {}) => call("POST", `/subscriptions/${id}/charge`, input),
    payAsCustomer: (id, input = {}) => call("POST", `/subscriptions/${id}/pay`, input),
    changePaymentMethod: (id, input = {}) =>
      call("POST", `/subscriptions/${id}/payment-method`, input),
    buyAgain: (id, input = {}) => call("POST", `/subscriptions/${id}/buy-again`, input),
    useSavedMethod: (id, input) => call("POST", `/subscriptions/${id}/saved-method`, input),
    createPayment: (input = {}) => call("POST", "/payments", input),
    settlePayment: (id, input) => call("POST", `/payments/${id}/settle`, input),
    payPayment: (id, input = {}) => call("POST", `/payments/${id}/pay`, input),
    refund: (id, input = {}) => call("POST", `/payments/${id}/refund`, input),
    dispute: (id, input = {}) => call("POST", `/payments/${id}/dispute`, input),
  };
}

type FaultCall =
  | "addFault"
  | "addWebhookFault"
  | "faults"
  | "clearFaults"
  | "clearWebhookFaults"
  | "settings"
  | "setSettings"
  | "reset";

function faultCalls(call: Call): Pick<SandboxClient, FaultCall> {
  return {
    addFault: (fault) => call("POST", "/faults", fault),
    addWebhookFault: (fault) => call("POST", "/webhook-faults", fault),
    faults: () => call("GET", "/faults"),
    clearFaults: (filter = {}) => call("DELETE", `/faults${queryOf(filter)}`),
    clearWebhookFaults: (filter = {}) => call("DELETE", `/webhook-faults${queryOf(filter)}`),
    settings: () => call("GET", "/settings"),
    setSettings: (patch) => call("PATCH", "/settings", patch),
    reset: () => call("POST", "/reset", {}),
  };
}

type LogCall =
  | "sendEvent"
  | "resendDelivery"
  | "replayDeliveries"
  | "ledger"
  | "ledgerOf"
  | "isIdle"
  | "requests"
  | "deliveries";

function logCalls(call: Call): Pick<SandboxClient, LogCall> {
  const ledger = (filter: SubscriptionFilter = {}): Promise<Ledger> =>
    call("GET", `/ledger${queryOf(filter)}`);
  return {
    sendEvent: (input) => call("POST", "/events", input),
    resendDelivery: (id) => call("POST", `/deliveries/${id}/resend`, {}),
    replayDeliveries: (input = {}) => call("POST", "/deliveries/replay", input),
    ledger,
    ledgerOf: async (subscriptionId) => {
      const [entry] = (await ledger({ subscriptionId })).subscriptions;
      if (entry === undefined) throw new Error(`The sandbox has no subscription ${subscriptionId}`);
      return entry;
    },
    isIdle: async (id) => (await call<{ idle: boolean }>("GET", `/subscriptions/${id}/idle`)).idle,
    requests: async (filter = {}) => {
      const answer = await call<{ requests: RequestEntry[] }>("GET", `/requests${queryOf(filter)}`);
      return answer.requests;
    },
    deliveries: async (filter = {}) => {
      const answer = await call<{ deliveries: Delivery[] }>("GET", `/deliveries${queryOf(filter)}`);
      return answer.deliveries;
    },
  };
}
