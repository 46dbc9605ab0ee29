import { describe, expect, test } from "vitest";
import { until } from "../support/until.ts";
import { bench, type Bench, onHold } from "./support.ts";

const RETURN_URL = "https://merchant.test/thanks?from=mail";

async function linkOf(at: Bench, subscriptionId: string): Promise<{ url: string; id: string }> {
  const link = await at.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
    payment_method: { type: "new", return_url: RETURN_URL },
  });
  return { url: link.payment_link ?? "", id: link.payment_id ?? "" };
}

async function submit(url: string, fields: Record<string, string>): Promise<Response> {
  return await fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
}

describe("the hosted page", () => {
  test("shows the amount and the cards, says what it is, and changes nothing", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    const { url, id } = await linkOf(at, subscriptionId);
    const response = await fetch(url);
    const text = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(text).toContain("$29.00");
    expect(text).toContain("this is not Dodo Payments");
    for (const card of ["4242", "0341", "9995", "0002", "9979", "0069", "3220"]) {
      expect(text).toContain(card);
    }
    expect((await at.dodo.payments.retrieve(id)).status).toBe("requires_payment_method");
  });

  test("pays with a good card and sends the customer back, with the outcome", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    const { url, id } = await linkOf(at, subscriptionId);
    const response = await submit(url, { card: "good" });
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe(
      `${RETURN_URL}&payment_id=${id}&status=succeeded`,
    );
    expect((await at.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("active");
    expect(await (await fetch(url)).text()).toContain("Your payment went through");
    await submit(url, { card: "good" });
    expect(await at.control.ledgerOf(subscriptionId)).toMatchObject({ collectedMinor: 2_900 });
  });

  test("fails with a bad card and sends the customer back, with that outcome", async () => {
    const at = await bench();
    const codes: unknown[] = [];
    for (const card of ["insufficient_funds", "generic_decline", "stolen", "expired"]) {
      const { subscriptionId } = await onHold(at);
      const { url, id } = await linkOf(at, subscriptionId);
      const response = await submit(url, { card });
      expect(response.headers.get("location")).toContain("status=failed");
      codes.push((await at.dodo.payments.retrieve(id)).error_code);
    }
    expect(codes).toEqual(["INSUFFICIENT_FUNDS", "GENERIC_DECLINE", "STOLEN_CARD", "EXPIRED_CARD"]);
  });

  test("leaves the payment open when the customer leaves the bank's page, and can be used again", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    const { url, id } = await linkOf(at, subscriptionId);
    const response = await submit(url, { card: "three_ds_abandoned" });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("Your bank is still waiting");
    expect((await at.dodo.payments.retrieve(id)).status).toBe("requires_customer_action");
    await submit(url, { card: "good" });
    expect((await at.dodo.payments.retrieve(id)).status).toBe("succeeded");
  });

  test("may send the customer back before the payment has ended", async () => {
    const at = await bench({ settings: { hostedSettleMs: 200 } });
    const { subscriptionId } = await onHold(at);
    const { url, id } = await linkOf(at, subscriptionId);
    const response = await submit(url, { card: "good" });
    expect(response.headers.get("location")).toContain("status=processing");
    await until(async () => (await at.dodo.payments.retrieve(id)).status === "succeeded");
  });

  test("of a card that works today makes the next charge fail", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    const { url } = await linkOf(at, subscriptionId);
    await submit(url, { card: "fails_later" });
    await at.control.charge(subscriptionId);
    const entry = await until(async () => {
      const found = await at.control.ledgerOf(subscriptionId);
      return found.open === 0 ? found : null;
    });
    expect(entry.payments.at(-1)).toMatchObject({ status: "failed", errorCode: "GENERIC_DECLINE" });
  });

  test("has expired once its time has passed, and is unknown without a payment", async () => {
    const at = await bench();
    const { subscriptionId } = await onHold(at);
    const { url } = await linkOf(at, subscriptionId);
    await at.control.setSettings({ clockOffsetMs: 25 * 3_600_000 });
    expect((await fetch(url)).status).toBe(410);
    expect((await submit(url, { card: "good" })).status).toBe(410);
    expect((await fetch(`${at.sandbox.url}/pay/pay_none`)).status).toBe(404);
    expect(await at.control.ledgerOf(subscriptionId)).toMatchObject({ collectedMinor: 0 });
  });

  test("escapes what the merchant wrote", async () => {
    const at = await bench({ settings: { businessName: "<b>Tom & Co</b>" } });
    const { subscriptionId } = await onHold(at);
    const { url } = await linkOf(at, subscriptionId);
    const text = await (await fetch(url)).text();
    expect(text).toContain("&lt;b&gt;Tom &amp; Co&lt;/b&gt;");
    expect(text).not.toContain("<b>Tom");
  });
});

describe("the customer's portal", () => {
  test("changes the card, which on a hold collects the dues, and cancels", async () => {
    const at = await bench();
    const { subscriptionId, customerId } = await onHold(at);
    const { link } = await at.dodo.customers.customerPortal.create(customerId);
    const text = await (await fetch(link)).text();
    expect(text).toContain("on_hold");
    expect(text).toContain("$29.00");
    const changed = await submit(link, {
      subscription: subscriptionId,
      action: "card",
      card: "good",
    });
    expect(changed.status).toBe(303);
    const entry = await at.control.ledgerOf(subscriptionId);
    expect(entry).toMatchObject({ status: "active", collectedMinor: 2_900 });
    await submit(link, { subscription: subscriptionId, action: "cancel" });
    const subscription = await at.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription).toMatchObject({ status: "active", cancel_at_next_billing_date: true });
  });

  test("touches no other customer's subscription, and ends after a day", async () => {
    const at = await bench();
    const mine = await onHold(at);
    const other = await onHold(at);
    const { link } = await at.dodo.customers.customerPortal.create(mine.customerId);
    await submit(link, { subscription: other.subscriptionId, action: "card", card: "good" });
    expect((await at.control.ledgerOf(other.subscriptionId)).status).toBe("on_hold");
    await at.control.setSettings({ clockOffsetMs: 25 * 3_600_000 });
    expect((await fetch(link)).status).toBe(410);
  });
});

describe("a checkout", () => {
  const cart = [{ product_id: "pdt_1", quantity: 1 }];
  const customer = { email: "new@example.test", name: "New Buyer" };

  test("of a mandate alone charges nothing, and makes the subscription active", async () => {
    const { control, dodo } = await bench();
    const session = await dodo.checkoutSessions.create({
      product_cart: cart,
      customer,
      return_url: "https://merchant.test/welcome",
      metadata: { mandate: "m1" },
      subscription_data: { on_demand: { mandate_only: true, product_price: 1_500 } },
    });
    const response = await submit(session.checkout_url ?? "", { card: "good" });
    const back = new URL(response.headers.get("location") ?? "");
    expect(back.searchParams.get("status")).toBe("succeeded");
    const id = back.searchParams.get("subscription_id") ?? "";
    const subscription = await dodo.subscriptions.retrieve(id);
    expect(subscription).toMatchObject({
      status: "active",
      on_demand: true,
      recurring_pre_tax_amount: 1_500,
      metadata: { mandate: "m1" },
      customer: { email: "new@example.test" },
      has_payment_method: true,
    });
    expect(await control.ledgerOf(id)).toMatchObject({ collectedMinor: 0, succeeded: 0 });
    const status = await dodo.checkoutSessions.retrieve(session.session_id);
    expect(status).toMatchObject({ payment_status: "succeeded", customer_email: customer.email });
  });

  test("with a first charge collects it, or leaves a failed subscription", async () => {
    const { control, dodo } = await bench();
    const ended: unknown[] = [];
    for (const card of ["good", "stolen"]) {
      const session = await dodo.checkoutSessions.create({
        product_cart: cart,
        customer,
        return_url: "https://merchant.test/welcome",
        subscription_data: { on_demand: { mandate_only: false, product_price: 1_500 } },
      });
      const response = await submit(session.checkout_url ?? "", { card });
      const back = new URL(response.headers.get("location") ?? "");
      const entry = await control.ledgerOf(back.searchParams.get("subscription_id") ?? "");
      ended.push([entry.status, entry.collectedMinor]);
    }
    expect(ended).toEqual([
      ["active", 1_500],
      ["failed", 0],
    ]);
  });
});

describe("the console", () => {
  test("shows customers, payments and deliveries, and fails and pays at the push of a button", async () => {
    const at = await bench();
    const { subscriptionId } = await at.control.createSubscription({
      name: "Ann <script>",
      email: "ann@example.test",
    });
    const path = `${at.sandbox.url}/console/subscriptions/${subscriptionId}`;
    await submit(path, { action: "fail", code: "EXPIRED_CARD" });
    await until(async () => (await at.control.ledgerOf(subscriptionId)).status === "on_hold");
    const text = await (await fetch(at.sandbox.url)).text();
    expect(text).toContain("Ann &lt;script&gt;");
    expect(text).toContain("EXPIRED_CARD");
    expect(text).toContain("subscription.on_hold");
    await submit(path, { action: "pay" });
    expect(await at.control.ledgerOf(subscriptionId)).toMatchObject({
      status: "active",
      collectedMinor: 2_900,
    });
  });

  test("ends an open payment", async () => {
    const at = await bench();
    const { subscriptionId } = await at.control.createSubscription();
    const { paymentId } = await at.control.charge(subscriptionId, {
      outcome: { processing: true },
    });
    await submit(`${at.sandbox.url}/console/payments/${paymentId}`, { action: "fail" });
    expect((await at.dodo.payments.retrieve(paymentId)).status).toBe("failed");
  });

  test("has the buttons that another program adds", async () => {
    const skipped: string[] = [];
    const perform = async (subscriptionId: string): Promise<void> => {
      skipped.push(await Promise.resolve(subscriptionId));
    };
    const at = await bench({ extraActions: [{ label: "Skip to the next event", perform }] });
    const { subscriptionId } = await at.control.createSubscription();
    expect(await (await fetch(at.sandbox.url)).text()).toContain("Skip to the next event");
    const path = `${at.sandbox.url}/console/subscriptions/${subscriptionId}`;
    await submit(path, { action: "extra", index: "0" });
    expect(skipped).toEqual([subscriptionId]);
  });
});
