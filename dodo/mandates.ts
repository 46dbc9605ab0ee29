import type DodoPayments from "dodopayments";
import type { PaymentId, SubscriptionId } from "../domain/values/ids.ts";
import {
  createClient,
  type DodoPayment,
  type DodoSettings,
  type DodoSubscription,
  PAGE_SIZE,
  reading,
} from "./client.ts";

export type CheckoutBody = DodoPayments.CheckoutSessionCreateParams;

/** Dodo's checkouts, and what comes of them. */
export type DodoMandates = {
  /** One request: who repeats it decides so. */
  readonly createCheckout: (body: CheckoutBody) => Promise<DodoPayments.CheckoutSessionResponse>;
  readonly checkout: (sessionId: string) => Promise<DodoPayments.CheckoutSessionStatus>;
  readonly payment: (id: PaymentId) => Promise<DodoPayment>;
  readonly subscription: (id: SubscriptionId) => Promise<DodoSubscription>;
  /** A customer's subscriptions of one product. */
  readonly subscriptionsOf: (
    customerId: string,
    productId: string,
  ) => Promise<readonly DodoPayments.SubscriptionListResponse[]>;
};

export function createDodoMandates(settings: DodoSettings): DodoMandates {
  const client = createClient(settings);
  const patient = reading("patient");
  return {
    createCheckout: (body) =>
      client.checkoutSessions.create(body, { maxRetries: 0, timeout: settings.requestTimeoutMs }),
    checkout: (sessionId) => client.checkoutSessions.retrieve(sessionId, patient),
    payment: (id) => client.payments.retrieve(id, patient),
    subscription: (id) => client.subscriptions.retrieve(id, patient),
    subscriptionsOf: async (customerId, productId) => {
      const filter = { customer_id: customerId, product_id: productId };
      const page = { page_number: 0, page_size: PAGE_SIZE };
      return (await client.subscriptions.list({ ...filter, ...page }, patient)).items;
    },
  };
}
