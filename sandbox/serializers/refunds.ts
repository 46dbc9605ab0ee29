import type DodoPayments from "dodopayments";
import type { SandboxContext } from "../model/context.ts";
import type { Payment, Refund } from "../model/state/entities.ts";
import { serializeCustomerSummary } from "./customers.ts";
import { isoOf } from "./timestamps.ts";

/** A refund as a payment lists it. */
export function serializeRefundListItem(
  { settings }: SandboxContext,
  payment: Payment,
  refund: Refund,
): DodoPayments.RefundListItem {
  return {
    business_id: settings.businessId,
    created_at: isoOf(refund.createdAt),
    is_partial: refund.partial,
    payment_id: payment.paymentId,
    refund_id: refund.refundId,
    status: "succeeded",
    amount: refund.amountMinor,
    currency: payment.currency as DodoPayments.Currency,
    reason: null,
  };
}

/** A refund as a webhook sends it. */
export function serializeRefund(
  context: SandboxContext,
  payment: Payment,
  refund: Refund,
): DodoPayments.Refund {
  return {
    ...serializeRefundListItem(context, payment, refund),
    brand_id: context.settings.brandId,
    customer: serializeCustomerSummary(context, payment.customerId),
    metadata: {},
  };
}
