import { describe, expect, test } from "vitest";
import type { RequestedMandate } from "../../../domain/mandate/mandate.ts";
import { payOnCheckoutPage } from "../../support/merchant/mandate.ts";
import { answered, type Connect, failureOf, MANDATE_ID, ONCE } from "./subject.ts";

const mandateOf = (
  customerId: string,
  given: Partial<RequestedMandate> = {},
): RequestedMandate => ({
  productId: "pdt_1",
  customerId,
  country: "US",
  mandateOnly: true,
  amountMinor: null,
  currency: null,
  description: null,
  returnUrl: null,
  metadata: { plan: "gold" },
  ...given,
});

export function mandates(connect: Connect): void {
  describe("a checkout", () => {
    test("has a page, and no payment before the customer pays", async () => {
      const { dodo, control } = await connect();
      const { customerId } = await control.createCustomer();
      const checkout = await dodo.createCheckout(MANDATE_ID, mandateOf(customerId));
      expect(checkout.url).toMatch(/^https?:\/\//);
      expect(await dodo.checkoutPayment(checkout.sessionId)).toBeNull();
    });

    test("leads to a payment and a subscription with the mandate's id", async () => {
      const { dodo, control } = await connect();
      const { customerId } = await control.createCustomer();
      const mandate = mandateOf(customerId, {
        mandateOnly: false,
        amountMinor: 1_500,
        currency: "EUR",
        description: "First month",
        returnUrl: "https://shop.example/back",
      });
      const { sessionId, url } = await dodo.createCheckout(MANDATE_ID, mandate);
      expect(await dodo.subscriptionsOfMandate(MANDATE_ID, mandate)).not.toMatchObject([
        { access: "current" },
      ]);
      await payOnCheckoutPage(url ?? "");
      const paymentId = await dodo.checkoutPayment(sessionId);
      if (paymentId === null) throw new Error("no payment");
      const payment = await dodo.payment(paymentId, ONCE);
      expect(payment).toMatchObject({ state: "succeeded", totalMinor: 1_500, currency: "EUR" });
      expect(await dodo.subscriptionsOfMandate(MANDATE_ID, mandate)).toMatchObject([
        {
          subscriptionId: payment.subscriptionIds[0],
          access: "current",
          onDemand: true,
          customerId,
        },
      ]);
      const other = { customerId, productId: "pdt_2" };
      expect(await dodo.subscriptionsOfMandate(MANDATE_ID, other)).toEqual([]);
    });

    test("has the quantity, the fees and the Indian floor that the merchant asked for", async () => {
      const { dodo, control } = await connect();
      const { customerId } = await control.createCustomer();
      const options = { quantity: 3, feesInclusive: false, mandateMinInrPaise: 2_500_000 };
      const mandate = mandateOf(customerId, { mandateOnly: false, amountMinor: 4_500, ...options });
      await dodo.createCheckout(MANDATE_ID, mandate);
      await dodo.createCheckout(MANDATE_ID, mandateOf(customerId));
      const { subscriptions } = await control.ledger();
      const own = { quantity: 1, feesInclusive: null, mandateMinInrPaise: null };
      expect(subscriptions).toMatchObject([options, own]);
    });

    test("is refused if Dodo does not know the customer", async () => {
      const { dodo } = await connect();
      const failure = await failureOf(dodo.createCheckout(MANDATE_ID, mandateOf("cus_nobody")));
      expect(failure).toMatchObject({ kind: "refused", meaning: "not_found" });
    });

    test("is not found if it does not exist", async () => {
      const { dodo } = await connect();
      const failure = await failureOf(dodo.checkoutPayment("cks_nobody"));
      expect(failure).toMatchObject({ kind: "refused", meaning: "not_found" });
    });

    test("is unknown without an id, and has no page without an address", async () => {
      const { dodo, answerNext } = await connect();
      for (const body of [{}, null, { checkout_url: "https://dodo.example" }]) {
        answerNext(answered(body));
        const call = dodo.createCheckout(MANDATE_ID, mandateOf("cus_1"));
        expect(await failureOf(call)).toMatchObject({ kind: "unknown" });
      }
      answerNext(answered({ session_id: "cks_1", checkout_url: "about:blank" }));
      expect(await dodo.createCheckout(MANDATE_ID, mandateOf("cus_1"))).toEqual({
        sessionId: "cks_1",
        url: null,
      });
    });

    test.each([{}, null, { payment_id: null }, { payment_id: "" }])(
      "that Dodo describes as %j has no payment",
      async (body) => {
        const { dodo, answerNext } = await connect();
        answerNext(answered(body));
        expect(await dodo.checkoutPayment("cks_1")).toBeNull();
      },
    );
  });
}
