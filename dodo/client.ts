import DodoPayments from "dodopayments";
import type { PaymentId, SubscriptionId } from "../domain/values/ids.ts";
import { formatInstant, type Instant } from "../domain/values/time.ts";

type Fetch = typeof globalThis.fetch;

export type DodoSettings = {
  readonly apiKey: string;
  readonly environment: "test_mode" | "live_mode";
  /** Overrides the environment's address. */
  readonly baseUrl: string | null;
  /** Of one request that may charge. */
  readonly requestTimeoutMs: number;
  readonly fetch: Fetch;
};

/** Reads are small; a read that hangs must not eat up the time in which a charge may leave. */
const READ_TIMEOUT_MS = 10_000;

/** The most that one reading looks at: pages of 100. */
const PAGES_MAX = 10;
export const PAGE_SIZE = 100;

/**
 * Dodo's API as the activities use it. Two clients: reads may be repeated by the SDK, calls that may charge
 * never are, for the SDK would send them again after a lost answer.
 * @source dodo.md 8.3
 */
export type Dodo = {
  readonly retrieveSubscription: (id: SubscriptionId, tries: Tries) => Promise<DodoSubscription>;
  readonly retrievePayment: (id: PaymentId, tries: Tries) => Promise<DodoPayment>;
  readonly listPayments: (
    id: SubscriptionId,
    since: Instant,
    tries: Tries,
  ) => Promise<readonly DodoListedPayment[]>;
  readonly charge: (
    id: SubscriptionId,
    body: ChargeBody,
  ) => Promise<{ readonly payment_id: string }>;
  /** Dodo's manual retry: whether it takes this payment of a renewal, and the retry itself. @source dodo.md 2.2 */
  readonly retryState: (id: PaymentId) => Promise<DodoPayments.ManualRetryState>;
  readonly retry: (id: PaymentId) => Promise<{ readonly payment_id: string }>;
  /** The customer's newest dispute since an instant; null where there is none. */
  readonly latestDispute: (customerId: string, since: Instant) => Promise<string | null>;
  readonly updatePaymentMethod: (
    id: SubscriptionId,
    returnUrl: string,
  ) => Promise<DodoPayments.SubscriptionUpdatePaymentMethodResponse>;
  readonly cancel: (id: SubscriptionId) => Promise<DodoSubscription>;
};

export type DodoSubscription = DodoPayments.Subscription;
export type DodoPayment = DodoPayments.Payment;
export type DodoListedPayment = DodoPayments.PaymentListResponse;
export type ChargeBody = DodoPayments.SubscriptionChargeParams;

/** `patient`: the SDK repeats a read that failed · `once`: the caller has no time for that. */
export type Tries = "patient" | "once";

/** Dodo's SDK, which sends nothing twice unless a call says so. */
export function createClient({ apiKey, environment, baseUrl, fetch }: DodoSettings): DodoPayments {
  return new DodoPayments({
    bearerToken: apiKey,
    ...(baseUrl === null ? { environment } : { baseURL: baseUrl }),
    fetch,
    maxRetries: 0,
    logLevel: "off",
  });
}

export const reading = (tries: Tries): { maxRetries: number; timeout: number } => ({
  maxRetries: tries === "patient" ? 2 : 0,
  timeout: tries === "patient" ? READ_TIMEOUT_MS : READ_TIMEOUT_MS / 2,
});

export function createDodo(settings: DodoSettings): Dodo {
  const client = createClient(settings);
  // Given at each call again: never the SDK's default of two more requests.
  const money = { maxRetries: 0, timeout: settings.requestTimeoutMs };
  return {
    retrieveSubscription: (id, tries) => client.subscriptions.retrieve(id, reading(tries)),
    retrievePayment: (id, tries) => client.payments.retrieve(id, reading(tries)),
    listPayments: (id, since, tries) => listPayments(client, id, since, reading(tries)),
    charge: (id, body) => client.subscriptions.charge(id, body, money),
    retryState: (id) => client.payments.retrieveRetryState(id, reading("once")),
    retry: (id) => client.payments.retry(id, money),
    latestDispute: (customerId, since) =>
      latestDispute(client, customerId, since, reading("patient")),
    updatePaymentMethod: (id, returnUrl) =>
      client.subscriptions.updatePaymentMethod(
        id,
        { payment_method: { type: "new", return_url: returnUrl } },
        money,
      ),
    cancel: (id) => client.subscriptions.update(id, { status: "cancelled" }, money),
  };
}

/**
 * Pages by hand: they are 0-based, and the SDK's own iteration takes them for 1-based and skips the second.
 * Rows that move between pages come twice; they are told apart by id.
 * @source dodo.md 8.4
 */
async function listPayments(
  client: DodoPayments,
  subscriptionId: SubscriptionId,
  since: Instant,
  options: { maxRetries: number; timeout: number },
): Promise<readonly DodoListedPayment[]> {
  const found = new Map<string, DodoListedPayment>();
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { items } = await client.payments.list(
      {
        subscription_id: subscriptionId,
        created_at_gte: formatInstant(since),
        page_number: page,
        page_size: PAGE_SIZE,
      },
      options,
    );
    for (const item of items) found.set(item.payment_id, item);
    if (items.length < PAGE_SIZE) return [...found.values()];
  }
  throw new TooManyPaymentsError(subscriptionId, PAGES_MAX * PAGE_SIZE);
}

/** Lists come in no promised order. @source dodo.md 11, question 10 */
async function latestDispute(
  client: DodoPayments,
  customerId: string,
  since: Instant,
  options: { maxRetries: number; timeout: number },
): Promise<string | null> {
  const { items } = await client.disputes.list(
    {
      customer_id: customerId,
      created_at_gte: formatInstant(since),
      page_number: 0,
      page_size: PAGE_SIZE,
    },
    options,
  );
  const [latest] = items.toSorted((a, b) => b.created_at.localeCompare(a.created_at));
  return latest?.dispute_id ?? null;
}

/** More payments than a recovery can judge: a reading that is not whole proves nothing. */
export class TooManyPaymentsError extends Error {
  override readonly name = "TooManyPaymentsError";
  constructor(subscriptionId: string, max: number) {
    super(`${subscriptionId} has more than ${max} payments in the time that is looked at`);
  }
}
