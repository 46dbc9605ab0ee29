import { describe, expect, test } from "vitest";
import type { ConsoleSubscription } from "../../sandbox/pages/console-extras.ts";
import { until } from "../support/until.ts";
import { type SandboxSetup, setUpSandbox, subscriptionOnHold } from "./support.ts";

const RETURN_URL = "https://merchant.test/thanks?from=mail";

async function linkOf(
  setup: SandboxSetup,
  subscriptionId: string,
): Promise<{ url: string; id: string }> {
  const link = await setup.dodo.subscriptions.updatePaymentMethod(subscriptionId, {
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
  test("the hosted page shows the amount, the cards and a sandbox notice, and changes nothing", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    const { url, id } = await linkOf(setup, subscriptionId);
    const response = await fetch(url);
    const text = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(text).toContain("$29.00");
    expect(text).toContain("this is not Dodo Payments");
    for (const card of ["4242", "0341", "9995", "0002", "9979", "0069", "3220"]) {
      expect(text).toContain(card);
    }
    expect((await setup.dodo.payments.retrieve(id)).status).toBe("requires_payment_method");
  });

  test("a good card pays and returns the customer with the outcome", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    const { url, id } = await linkOf(setup, subscriptionId);
    const response = await submit(url, { card: "good" });
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe(
      `${RETURN_URL}&payment_id=${id}&status=succeeded`,
    );
    expect((await setup.dodo.subscriptions.retrieve(subscriptionId)).status).toBe("active");
    expect(await (await fetch(url)).text()).toContain("Your payment went through");
    await submit(url, { card: "good" });
    expect(await setup.control.ledgerOf(subscriptionId)).toMatchObject({ collectedMinor: 2_900 });
  });

  test("a declined card fails and returns the customer with the outcome", async () => {
    const setup = await setUpSandbox();
    const codes: unknown[] = [];
    for (const card of ["insufficient_funds", "generic_decline", "stolen", "expired"]) {
      const { subscriptionId } = await subscriptionOnHold(setup);
      const { url, id } = await linkOf(setup, subscriptionId);
      const response = await submit(url, { card });
      expect(response.headers.get("location")).toContain("status=failed");
      codes.push((await setup.dodo.payments.retrieve(id)).error_code);
    }
    expect(codes).toEqual(["INSUFFICIENT_FUNDS", "GENERIC_DECLINE", "STOLEN_CARD", "EXPIRED_CARD"]);
  });

  test("leaving 3-D Secure keeps the payment open, and the page can be used again", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    const { url, id } = await linkOf(setup, subscriptionId);
    const response = await submit(url, { card: "three_ds_abandoned" });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("Your bank is still waiting");
    expect((await setup.dodo.payments.retrieve(id)).status).toBe("requires_customer_action");
    await submit(url, { card: "good" });
    expect((await setup.dodo.payments.retrieve(id)).status).toBe("succeeded");
  });

  test("the customer can return before the payment has ended", async () => {
    const setup = await setUpSandbox({ settings: { hostedSettleMs: 200 } });
    const { subscriptionId } = await subscriptionOnHold(setup);
    const { url, id } = await linkOf(setup, subscriptionId);
    const response = await submit(url, { card: "good" });
    expect(response.headers.get("location")).toContain("status=processing");
    await until(async () => (await setup.dodo.payments.retrieve(id)).status === "succeeded");
  });

  test("a card that succeeds on the page can fail on the next charge", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    const { url } = await linkOf(setup, subscriptionId);
    await submit(url, { card: "fails_later" });
    await setup.control.charge(subscriptionId);
    const entry = await until(async () => {
      const found = await setup.control.ledgerOf(subscriptionId);
      return found.open === 0 ? found : null;
    });
    expect(entry.payments.at(-1)).toMatchObject({ status: "failed", errorCode: "GENERIC_DECLINE" });
  });

  test("the hosted page answers 410 after it expires and 404 for an unknown payment", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await subscriptionOnHold(setup);
    const { url } = await linkOf(setup, subscriptionId);
    await setup.control.setSettings({ clockOffsetMs: 25 * 3_600_000 });
    expect((await fetch(url)).status).toBe(410);
    expect((await submit(url, { card: "good" })).status).toBe(410);
    expect((await fetch(`${setup.sandbox.url}/pay/pay_none`)).status).toBe(404);
    expect(await setup.control.ledgerOf(subscriptionId)).toMatchObject({ collectedMinor: 0 });
  });

  test("the hosted page escapes the merchant's name", async () => {
    const setup = await setUpSandbox({ settings: { businessName: "<b>Tom & Co</b>" } });
    const { subscriptionId } = await subscriptionOnHold(setup);
    const { url } = await linkOf(setup, subscriptionId);
    const text = await (await fetch(url)).text();
    expect(text).toContain("&lt;b&gt;Tom &amp; Co&lt;/b&gt;");
    expect(text).not.toContain("<b>Tom");
  });
});

describe("the customer portal", () => {
  test("a new card in the portal collects the dues of a hold, and cancelling is scheduled", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId, customerId } = await subscriptionOnHold(setup);
    const { link } = await setup.dodo.customers.customerPortal.create(customerId);
    const text = await (await fetch(link)).text();
    expect(text).toContain("on_hold");
    expect(text).toContain("$29.00");
    const changed = await submit(link, {
      subscription: subscriptionId,
      action: "card",
      card: "good",
    });
    expect(changed.status).toBe(303);
    const entry = await setup.control.ledgerOf(subscriptionId);
    expect(entry).toMatchObject({ status: "active", collectedMinor: 2_900 });
    await submit(link, { subscription: subscriptionId, action: "cancel" });
    const subscription = await setup.dodo.subscriptions.retrieve(subscriptionId);
    expect(subscription).toMatchObject({ status: "active", cancel_at_next_billing_date: true });
  });

  test("the portal changes only the customer's own subscriptions and expires after a day", async () => {
    const setup = await setUpSandbox();
    const mine = await subscriptionOnHold(setup);
    const other = await subscriptionOnHold(setup);
    const { link } = await setup.dodo.customers.customerPortal.create(mine.customerId);
    await submit(link, { subscription: other.subscriptionId, action: "card", card: "good" });
    expect((await setup.control.ledgerOf(other.subscriptionId)).status).toBe("on_hold");
    await setup.control.setSettings({ clockOffsetMs: 25 * 3_600_000 });
    expect((await fetch(link)).status).toBe(410);
  });
});

describe("checkout", () => {
  const cart = [{ product_id: "pdt_1", quantity: 1 }];
  const customer = { email: "new@example.test", name: "New Buyer" };

  test("a mandate-only checkout charges nothing and activates the subscription", async () => {
    const { control, dodo } = await setUpSandbox();
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
    const page = await (await fetch(session.checkout_url ?? "")).text();
    expect(page).toContain("Your card is saved");
  });

  test("a checkout with a first charge collects it, or leaves a failed subscription", async () => {
    const { control, dodo } = await setUpSandbox();
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
  test("the console shows customers, payments and deliveries, and its buttons decline and pay", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await setup.control.createSubscription({
      name: "Ann <script>",
      email: "ann@example.test",
    });
    const path = `${setup.sandbox.url}/console/subscriptions/${subscriptionId}`;
    await submit(path, { action: "fail", code: "EXPIRED_CARD" });
    await until(async () => (await setup.control.ledgerOf(subscriptionId)).status === "on_hold");
    const text = await (await fetch(setup.sandbox.url)).text();
    expect(text).toContain("Ann &lt;script&gt;");
    expect(text).toContain("EXPIRED_CARD");
    expect(text).toContain("subscription.on_hold");
    await submit(path, { action: "pay" });
    expect(await setup.control.ledgerOf(subscriptionId)).toMatchObject({
      status: "active",
      collectedMinor: 2_900,
    });
  });

  test("the console ends an open payment", async () => {
    const setup = await setUpSandbox();
    const { subscriptionId } = await setup.control.createSubscription();
    const { paymentId } = await setup.control.charge(subscriptionId, {
      outcome: { processing: true },
    });
    await submit(`${setup.sandbox.url}/console/payments/${paymentId}`, { action: "fail" });
    expect((await setup.dodo.payments.retrieve(paymentId)).status).toBe("failed");
  });

  test("the console has the buttons that the caller adds", async () => {
    const skipped: string[] = [];
    const perform = async ({ subscriptionId }: ConsoleSubscription): Promise<readonly string[]> => {
      skipped.push(await Promise.resolve(subscriptionId));
      return ["Skipped 3 days."];
    };
    const setup = await setUpSandbox({
      consoleExtras: { actions: [{ label: "Skip to the next step", perform }] },
    });
    const { subscriptionId } = await setup.control.createSubscription();
    expect(await (await fetch(setup.sandbox.url)).text()).toContain("Skip to the next step");
    const path = `${setup.sandbox.url}/console/subscriptions/${subscriptionId}`;
    await submit(path, { action: "extra", index: "0" });
    expect(skipped).toEqual([subscriptionId]);
    expect(await (await fetch(setup.sandbox.url)).text()).toContain("Skipped 3 days.");
  });
});
