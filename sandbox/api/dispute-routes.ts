import { serializeDispute } from "../serializers/payments.ts";
import type { ApiCall, Route } from "./request-pipeline.ts";
import { createdInRange, newestFirst, paginate, matchesFilter } from "./lists.ts";

function list(call: ApiCall): unknown {
  const { context, query } = call;
  const isWithin = createdInRange(call);
  const disputes = [...context.store.payments.values()]
    .filter((payment) => matchesFilter(query["customer_id"], payment.customerId))
    .flatMap((payment) =>
      payment.disputes.map((dispute) => ({ createdAt: dispute.createdAt, payment, dispute })),
    );
  const shown = newestFirst(disputes).filter(
    (one) => isWithin(one) && matchesFilter(query["dispute_status"], one.dispute.status),
  );
  const items = paginate(shown, query).map(({ payment, dispute }) => ({
    ...serializeDispute(context, payment, dispute),
    payment_provider: "dodo",
  }));
  return { items };
}

export const DISPUTE_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/disputes",
    mutating: false,
    subscriptionIdOf: () => null,
    handle: list,
  },
];
