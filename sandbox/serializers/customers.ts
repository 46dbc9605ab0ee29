import type DodoPayments from "dodopayments";
import type { SandboxContext } from "../model/context.ts";
import type { Customer, PaymentMethod } from "../model/state/entities.ts";
import { isoOf, isoOrNull } from "./timestamps.ts";

type Card = DodoPayments.CustomerRetrievePaymentMethodsResponse.Item.Card;

/** The customer as payments, subscriptions, refunds and disputes show it. */
export function serializeCustomerSummary(
  { store }: SandboxContext,
  customerId: string,
): DodoPayments.CustomerLimitedDetails {
  const customer = store.customers.get(customerId);
  return {
    customer_id: customerId,
    email: customer?.email ?? "",
    name: customer?.name ?? "",
    phone_number: customer?.phoneNumber ?? null,
    metadata: customer?.metadata ?? {},
  };
}

export function serializeCustomer(
  { settings }: SandboxContext,
  customer: Customer,
): DodoPayments.Customer {
  return {
    business_id: settings.businessId,
    created_at: isoOf(customer.createdAt),
    customer_id: customer.customerId,
    email: customer.email,
    name: customer.name,
    phone_number: customer.phoneNumber,
    metadata: customer.metadata,
    blocked_at: null,
    blocklist_entry_id: null,
  };
}

export function serializePaymentMethod(
  customer: Customer,
  method: PaymentMethod,
): DodoPayments.CustomerRetrievePaymentMethodsResponse.Item {
  const card: Card = {
    card_holder_name: customer.name,
    card_issuing_country: "US",
    card_network: method.network,
    card_type: "CREDIT",
    expiry_month: method.expiryMonth,
    expiry_year: method.expiryYear,
    last4_digits: method.lastFour,
  };
  return {
    payment_method: "card",
    payment_method_id: method.paymentMethodId,
    payment_method_type: "credit",
    recurring_enabled: true,
    last_used_at: isoOrNull(method.lastUsedAt),
    card,
  };
}
