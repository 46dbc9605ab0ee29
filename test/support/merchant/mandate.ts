import type { CardName } from "../../../sandbox/cards.ts";

/** The body of `POST /v1/subscriptions` for a mandate only, for an existing customer. */
export function mandateOf(customerId: string, more: object = {}): Record<string, unknown> {
  return {
    product_id: "pdt_1",
    customer: { customer_id: customerId },
    billing: { country: "US" },
    mandate_only: true,
    ...more,
  };
}

/** Pays on a checkout's page as the customer. @throws if the page does not exist */
export async function payOnPage(url: string, card: CardName = "good"): Promise<void> {
  const { status } = await fetch(url, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ card }),
  });
  if (status >= 400) throw new Error(`${url} answered ${status}`);
}
