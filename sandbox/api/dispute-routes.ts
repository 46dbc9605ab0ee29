import { disputeRow } from "../serializers/payments.ts";
import type { Call, Route } from "./request-pipeline.ts";
import { createdWithin, newestFirst, pageOf, passes } from "./lists.ts";

function list(call: Call): unknown {
  const { world, query } = call;
  const isWithin = createdWithin(call);
  const disputes = [...world.books.payments.values()]
    .filter((payment) => passes(query["customer_id"], payment.customerId))
    .flatMap((payment) =>
      payment.disputes.map((dispute) => ({ createdAt: dispute.createdAt, payment, dispute })),
    );
  const shown = newestFirst(disputes).filter(
    (one) => isWithin(one) && passes(query["dispute_status"], one.dispute.status),
  );
  const items = pageOf(shown, query).map(({ payment, dispute }) => ({
    ...disputeRow(world, payment, dispute),
    payment_provider: "dodo",
  }));
  return { items };
}

export const DISPUTE_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/disputes",
    mutating: false,
    subscriptionOf: () => null,
    handle: list,
  },
];
