import type DodoPayments from "dodopayments";
import type { SandboxContext } from "../model/context.ts";
import type { Dispute, Payment } from "../model/state/entities.ts";
import { serializeCustomerSummary } from "./customers.ts";
import { isoOf } from "./timestamps.ts";

/** A dispute inside a payment, and in lists. */
export function serializeDispute(
  { settings }: SandboxContext,
  payment: Payment,
  dispute: Dispute,
): DodoPayments.Dispute {
  return {
    amount: String(dispute.amountMinor),
    business_id: settings.businessId,
    created_at: isoOf(dispute.createdAt),
    currency: payment.currency,
    dispute_id: dispute.disputeId,
    dispute_stage: "dispute",
    dispute_status: dispute.status as DodoPayments.DisputeStatus,
    payment_id: payment.paymentId,
    is_resolved_by_rdr: null,
    remarks: null,
  };
}

/** A dispute in a webhook. */
export function serializeDisputeDetails(
  context: SandboxContext,
  payment: Payment,
  dispute: Dispute,
): DodoPayments.GetDispute {
  return {
    ...serializeDispute(context, payment, dispute),
    brand_id: context.settings.brandId,
    customer: serializeCustomerSummary(context, payment.customerId),
    payment_provider: "dodo",
    reason: null,
  };
}
