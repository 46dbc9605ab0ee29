import { serializeDispute } from "../../serializers/disputes.ts";
import { createdInRange, matchesFilter, newestFirst, paginate } from "../lists.ts";
import { noSubscription, type ApiCall, type Route } from "../route.ts";

function list(call: ApiCall): unknown {
  const { context, query } = call;
  const isInRange = createdInRange(call);
  const disputes = [...context.store.payments.values()]
    .filter((payment) => matchesFilter(query["customer_id"], payment.customerId))
    .flatMap((payment) =>
      payment.disputes.map((dispute) => ({ createdAt: dispute.createdAt, payment, dispute })),
    );
  const found = newestFirst(disputes).filter(
    (one) => isInRange(one) && matchesFilter(query["dispute_status"], one.dispute.status),
  );
  const items = paginate(found, query).map(({ payment, dispute }) => ({
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
    subscriptionIdOf: noSubscription,
    handle: list,
  },
];
