import type { Charging } from "../../dodo/failures.ts";
import { DodoError, type ManualRetryState, type RecoveryPort } from "../../dodo/port.ts";
import {
  customerOf,
  lineItemsOf,
  metadataOf,
  offerOf,
  pageUrlOf,
  paymentDetailsOf,
  paymentOf,
  subscriptionOf,
} from "../../dodo/shapes.ts";
import type { Payment, Subscription } from "../../domain/state/payment.ts";
import { parsePaymentId, type PaymentId } from "../../domain/values/ids.ts";
import { type Instant, parseInstant } from "../../domain/values/time.ts";
import type { Body } from "./bodies.ts";
import type { ModelDodo } from "./dodo.ts";
import { failureOfModel } from "./errors.ts";
import type { ManualRetryAnswer } from "./manual-retry.ts";

/** The network in between: each may wait, or throw what the model throws. */
export type Network = {
  readonly beforeRead: () => Promise<void>;
  /** Before a request that could change something. */
  readonly beforeChange: () => Promise<void>;
};

const NO_NETWORK: Network = {
  beforeRead: async () => await Promise.resolve(),
  beforeChange: async () => await Promise.resolve(),
};

/** The model behind the product's port, without HTTP and the SDK. */
export function modelPort(
  dodo: ModelDodo,
  now: () => Instant,
  network: Network = NO_NETWORK,
): RecoveryPort {
  const read = async <T>(call: () => Promise<T>): Promise<T> =>
    await translated(() => network.beforeRead(), call, "charges_nothing");
  const change = async <T>(call: () => Promise<T>): Promise<T> =>
    await translated(() => network.beforeChange(), call, "may_charge");
  const paymentFrom = (body: Body, debtKeyName?: string | null): Payment =>
    known(paymentOf(body, now(), debtKeyName));
  const subscriptionFrom = (body: Body, debtKeyName?: string | null): Subscription =>
    known(subscriptionOf(body, now(), debtKeyName));
  return {
    subscription: async (_id, { debtKeyName }) =>
      subscriptionFrom(await read(() => dodo.retrieveSubscription()), debtKeyName),
    subscriber: async () => {
      const body = await read(() => dodo.retrieveSubscription());
      return {
        subscription: subscriptionFrom(body),
        customer: customerOf(body),
        offer: offerOf(body),
      };
    },
    // Not read through the network, whose faults are drawn for the reads that decide something.
    productName: async () => await Promise.resolve(dodo.productName),
    payments: async (_id, since, { debtKeyName }) => {
      const rows = await read(() => dodo.listPayments(since));
      return rows.map((row) => paymentFrom(row, debtKeyName));
    },
    paymentsWithMetadata: async (_id, since, { debtKeyName }) => {
      const rows = await read(() => dodo.listPayments(since));
      return rows.map((row) => ({
        payment: paymentFrom(row, debtKeyName),
        metadata: metadataOf(row),
      }));
    },
    payment: async (id, { debtKeyName }) =>
      paymentFrom(await read(() => dodo.retrievePayment(id)), debtKeyName),
    lineItems: async ({ paymentId, currency }) =>
      lineItemsOf(await read(() => dodo.retrieveLineItems(paymentId)), currency),
    paymentDetails: async (id) => {
      const body = await read(() => dodo.retrievePayment(id));
      return paymentDetailsOf(body, paymentFrom(body));
    },
    paymentMetadata: async (id) => metadataOf(await read(() => dodo.retrievePayment(id))),
    customerPayments: async (_customerId, since) => {
      const rows = await read(() => dodo.listCustomerPayments(since));
      return rows.map((row) => paymentFrom(row));
    },
    purchase: async (id) => subscriptionFrom(await read(() => dodo.retrieveSubscription(id))),
    latestDispute: async (_customerId, since) => await read(() => dodo.latestDispute(since)),
    ...chargePort(dodo, read, change),
    cancel: async () => subscriptionFrom(await change(() => dodo.cancel())),
  };
}

type Call = <T>(call: () => Promise<T>) => Promise<T>;

/** What may charge the customer: a charge, Dodo's manual retry, and the payment page. */
function chargePort(
  dodo: ModelDodo,
  read: Call,
  change: Call,
): Pick<RecoveryPort, "charge" | "manualRetryState" | "manualRetry" | "createPaymentLink"> {
  return {
    charge: async ({ idempotencyKey, amountMinor, currency, metadata }) => {
      const body = { product_price: amountMinor, product_currency: currency, metadata };
      return paymentIdIn(await change(() => dodo.charge(body, idempotencyKey)));
    },
    manualRetryState: async () => manualRetryStateOf(await read(() => dodo.retryState())),
    manualRetry: async () => paymentIdIn(await change(() => dodo.retry())),
    createPaymentLink: async () => {
      const link = await change(() => dodo.updatePaymentMethod());
      const { payment_id: paymentId, payment_link: url, expires_on: expiresAt } = link;
      return {
        url: known(pageUrlOf(url)),
        paymentId: parsePaymentId(paymentId),
        expiresAt: parseInstant(expiresAt),
      };
    },
  };
}

function manualRetryStateOf(state: ManualRetryAnswer): ManualRetryState {
  if (state.can_retry) return { kind: "ready" };
  const reason = state.reason ?? "";
  const until = parseInstant(state.retry_available_at);
  return until === null
    ? { kind: "not_retryable", reason }
    : { kind: "cooling_down", until, reason };
}

/** @throws a `DodoError` for what the model and the network throw */
async function translated<T>(
  before: () => Promise<void>,
  call: () => Promise<T>,
  charging: Charging,
): Promise<T> {
  try {
    await before();
    return await call();
  } catch (error) {
    const failure = failureOfModel(error, charging);
    throw failure === null ? error : new DodoError(failure);
  }
}

const paymentIdIn = (body: Body): PaymentId => known(parsePaymentId(body["payment_id"]));

function known<T>(value: T | null): T {
  if (value === null) throw new Error("the model's answer is malformed");
  return value;
}
