import type { z } from "zod";
import type * as inputs from "./inputs.ts";
import type {
  RequestFault,
  RequestFaultInput,
  WebhookFault,
  WebhookFaultInput,
} from "../faults/request-faults.ts";
import type { Ledger, LedgerSubscription } from "./ledger.ts";
import type { Outcome } from "../model/state/outcome.ts";
import type {
  customerSchema,
  subscriptionPatchSchema,
  subscriptionSchema,
} from "../model/customers.ts";
import type { Settings, SettingsPatch } from "../settings.ts";
import type { Delivery, RequestEntry } from "../model/state/entities.ts";
import type { PaymentStatus, SubscriptionStatus } from "../model/state/statuses.ts";
import { NOW_HEADER } from "../model/context.ts";

export type CustomerInput = z.input<typeof customerSchema>;
export type SubscriptionInput = z.input<typeof subscriptionSchema>;
export type SubscriptionPatchInput = z.input<typeof subscriptionPatchSchema>;

type PaymentStatusAnswer = { readonly paymentId: string; readonly status: PaymentStatus | null };
type SubscriptionFilter = { readonly subscriptionId?: string };

/** The sandbox's control routes, from this process or another. Each call throws where the answer is no 2xx. */
export type SandboxClient = {
  readonly createCustomer: (
    input?: CustomerInput,
  ) => Promise<{ readonly customerId: string; readonly methodIds: readonly string[] }>;
  readonly addPaymentMethod: (
    customerId: string,
    input?: inputs.CardInput,
  ) => Promise<{ readonly methodId: string }>;
  readonly createSubscription: (input?: SubscriptionInput) => Promise<{
    readonly subscriptionId: string;
    readonly customerId: string;
    readonly methodId: string | null;
  }>;
  /** Sets what is given, without an event. */
  readonly updateSubscription: (id: string, patch: SubscriptionPatchInput) => Promise<void>;
  /** What the next off-session charges come to, and what all do after them. */
  readonly script: (id: string, next: Outcome[], byDefault?: Outcome | null) => Promise<void>;
  /** The merchant's own charge, or a scheduled renewal; no rule refuses it. */
  readonly charge: (
    id: string,
    input?: inputs.MerchantChargeInput,
  ) => Promise<{ readonly paymentId: string }>;
  /** On the newest open page, else on a new one. */
  readonly payAsCustomer: (id: string, input?: inputs.CardInput) => Promise<PaymentStatusAnswer>;
  /** In the portal: on a hold it collects the dues. */
  readonly changePaymentMethod: (
    id: string,
    input?: inputs.CardInput,
  ) => Promise<PaymentStatusAnswer>;
  /** Another of the customer's saved methods; on a hold it collects the dues. */
  readonly useSavedMethod: (
    id: string,
    input: inputs.SavedMethodInput,
  ) => Promise<{ readonly paymentId: string | null }>;
  readonly cancelAsCustomer: (
    id: string,
    input?: inputs.CancelInput,
  ) => Promise<{ readonly status: SubscriptionStatus }>;
  /** A payment of no subscription, or of several. */
  readonly createPayment: (
    input?: inputs.PaymentInput,
  ) => Promise<{ readonly paymentId: string; readonly customerId: string }>;
  /** Ends a payment now. */
  readonly settlePayment: (
    paymentId: string,
    input: inputs.SettleInput,
  ) => Promise<PaymentStatusAnswer>;
  /** On this payment's page. */
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
  /** Those that still stand. */
  readonly faults: () => Promise<{
    readonly faults: readonly RequestFault[];
    readonly webhookFaults: readonly WebhookFault[];
  }>;
  /** Of one subscription, or all. */
  readonly clearFaults: (filter?: SubscriptionFilter) => Promise<void>;
  /** Webhooks arrive again; requests are struck as before. */
  readonly clearWebhookFaults: (filter?: SubscriptionFilter) => Promise<void>;
  readonly settings: () => Promise<Settings>;
  readonly setSettings: (patch: SettingsPatch) => Promise<Settings>;
  readonly sendEvent: (input: inputs.EventInput) => Promise<{ readonly deliveryId: string }>;
  readonly resendDelivery: (deliveryId: string) => Promise<void>;
  /** Also those that were accepted, unless a state is named. */
  readonly replayDeliveries: (input?: inputs.ReplayInput) => Promise<{ readonly resent: number }>;
  readonly ledger: (filter?: SubscriptionFilter) => Promise<Ledger>;
  /** One subscription of the ledger; throws where there is none. */
  readonly ledgerOf: (subscriptionId: string) => Promise<LedgerSubscription>;
  /** No payment is about to end, and no webhook is under way. */
  readonly isIdle: (subscriptionId: string) => Promise<boolean>;
  readonly requests: (filter?: SubscriptionFilter) => Promise<readonly RequestEntry[]>;
  readonly deliveries: (filter?: SubscriptionFilter) => Promise<readonly Delivery[]>;
  /** Empties the store and goes back to the settings it was started with. */
  readonly reset: () => Promise<void>;
};

export class SandboxControlError extends Error {
  override readonly name = "SandboxControlError";
  readonly status: number;

  constructor(status: number, text: string) {
    super(`sandbox answered ${status}: ${text}`);
    this.status = status;
  }
}

export type SandboxClientOptions = {
  /** Milliseconds since 1970, which each call then claims as its time. */
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

/** @param url the sandbox's, without a slash at the end */
export function createSandboxClient(
  url: string,
  options: SandboxClientOptions = {},
): SandboxClient {
  const call = createCaller(url, options);
  return {
    ...customerCalls(call),
    ...paymentCalls(call),
    ...faultCalls(call),
    ...recordCalls(call),
  };
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

type RecordCall =
  | "sendEvent"
  | "resendDelivery"
  | "replayDeliveries"
  | "ledger"
  | "ledgerOf"
  | "isIdle"
  | "requests"
  | "deliveries";

function recordCalls(call: Call): Pick<SandboxClient, RecordCall> {
  const ledger = (filter: SubscriptionFilter = {}): Promise<Ledger> =>
    call("GET", `/ledger${queryOf(filter)}`);
  return {
    sendEvent: (input) => call("POST", "/events", input),
    resendDelivery: (id) => call("POST", `/deliveries/${id}/resend`, {}),
    replayDeliveries: (input = {}) => call("POST", "/deliveries/replay", input),
    ledger,
    ledgerOf: async (subscriptionId) => {
      const [entry] = (await ledger({ subscriptionId })).subscriptions;
      if (entry === undefined) throw new Error(`the sandbox knows no ${subscriptionId}`);
      return entry;
    },
    isIdle: async (id) =>
      (await call<{ quiet: boolean }>("GET", `/subscriptions/${id}/quiet`)).quiet,
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
