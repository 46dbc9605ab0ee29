import type DodoPayments from "dodopayments";
import { MANDATE_METADATA, type RequestedMandate } from "../../domain/mandate/mandate.ts";
import { type MandateId, parsePaymentId } from "../../domain/values/ids.ts";
import { DodoError, type MandatePort } from "../port.ts";
import { fieldsOf, metadataOf, pageUrlOf, subscriptionOf, textOf } from "../shapes.ts";
import { type Client, itemsOf, pageAt } from "./client.ts";
import { translated } from "./errors.ts";

type MandateMethods = Omit<MandatePort, "payment" | "subscription">;

export function mandateMethods({ sdk, reading, once, now }: Client): MandateMethods {
  const patient = reading("patient");
  return {
    createCheckout: async (mandateId, mandate) => {
      const body = bodyOf(mandateId, mandate);
      const created = fieldsOf(await translated(sdk.checkoutSessions.create(body, once)));
      const sessionId = textOf(created["session_id"]);
      if (sessionId !== null) return { sessionId, url: pageUrlOf(created["checkout_url"]) };
      throw new DodoError({ kind: "unknown", detail: "Dodo's answer names no checkout" });
    },
    checkoutPayment: async (sessionId) => {
      const checkout = await translated(sdk.checkoutSessions.retrieve(sessionId, patient));
      return parsePaymentId(fieldsOf(checkout)["payment_id"]);
    },
    subscriptionsOfMandate: async (mandateId, { customerId, productId }) => {
      const query = { customer_id: customerId, product_id: productId, ...pageAt(0) };
      const page = await translated(sdk.subscriptions.list(query, patient));
      return itemsOf(page)
        .filter((row) => metadataOf(row)[MANDATE_METADATA] === mandateId)
        .map((row) => subscriptionOf(row, now()))
        .filter((row) => row !== null);
    },
  };
}

type CheckoutBody = DodoPayments.CheckoutSessionCreateParams;
type OnDemand = NonNullable<NonNullable<CheckoutBody["subscription_data"]>["on_demand"]>;
type Country = NonNullable<CheckoutBody["billing_address"]>["country"];

/**
 * Sets no `confirm`, so Dodo charges nothing before the customer presses the button.
 * @source docs/dodo/checkout.md, "On-demand mandates"
 */
function bodyOf(mandateId: MandateId, mandate: RequestedMandate): CheckoutBody {
  const { amountMinor, currency, description, returnUrl } = mandate;
  const { quantity = 1, feesInclusive, mandateMinInrPaise } = mandate;
  const onDemand: OnDemand = {
    mandate_only: mandate.mandateOnly,
    ...(amountMinor === null ? {} : { product_price: amountMinor }),
    ...(currency === null
      ? {}
      : { product_currency: currency as NonNullable<OnDemand["product_currency"]> }),
    ...(description === null ? {} : { product_description: description }),
    ...(feesInclusive === undefined ? {} : { adaptive_currency_fees_inclusive: feesInclusive }),
  };
  return {
    product_cart: [{ product_id: mandate.productId, quantity }],
    customer: { customer_id: mandate.customerId },
    billing_address: { country: mandate.country as Country },
    subscription_data: { on_demand: onDemand },
    metadata: { ...mandate.metadata, [MANDATE_METADATA]: mandateId },
    ...(returnUrl === null ? {} : { return_url: returnUrl }),
    ...(mandateMinInrPaise === undefined
      ? {}
      : { mandate_min_amount_inr_paise: mandateMinInrPaise }),
  };
}
