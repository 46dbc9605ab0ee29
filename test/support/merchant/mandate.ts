import type { CardName } from "../../../sandbox/model/state/cards.ts";

/** Body of `POST /v1/subscriptions`: a mandate without a first charge, for an existing customer. */
export function mandateBody(customerId: string, more: object = {}): Record<string, unknown> {
  return {
    product_id: "pdt_1",
    customer: { customer_id: customerId },
    billing: { country: "US" },
    mandate_only: true,
    ...more,
  };
}

/** Pays on a checkout page, as the customer does. @throws where the page does not exist */
export async function payOnCheckoutPage(url: string, card: CardName = "good"): Promise<void> {
  const { status } = await fetch(url, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ card }),
  });
  if (status >= 400) throw new Error(`${url} answered ${status}`);
}
