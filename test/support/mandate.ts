import type { CardName } from "../../sandbox/model/state/cards.ts";

/** What is asked of `POST /v1/subscriptions`: a mandate alone, of a customer that Dodo has. */
export function mandateOf(customerId: string, more: object = {}): Record<string, unknown> {
  return {
    product_id: "pdt_1",
    customer: { customer_id: customerId },
    billing: { country: "US" },
    mandate_only: true,
    ...more,
  };
}

/** The customer, on the page of a checkout. @throws where the page is not there */
export async function payOnPage(url: string, card: CardName = "good"): Promise<void> {
  const { status } = await fetch(url, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ card }),
  });
  if (status >= 400) throw new Error(`${url} answered ${status}`);
}
