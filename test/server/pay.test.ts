import { describe, expect, test } from "vitest";
import { money } from "../../domain/values/money.ts";
import { TemporalUnavailableError } from "../../server/temporal/call-temporal.ts";
import type { DebtView } from "../../server/temporal/debt-view.ts";
import type { LinkResult } from "../../server/temporal/recoveries.ts";
import {
  getPage,
  headingOf,
  NOW,
  OWED,
  PAYMENT_PAGE,
  press,
  type StubAnswers,
  stubbedGateway,
  tokenFor,
} from "./stubbed-gateway.ts";

describe("pay page", () => {
  test("the pay page shows the amount due and says what its button does", async () => {
    const { app } = stubbedGateway();
    const { statusCode, body } = await getPage(app);
    expect(statusCode).toBe(200);
    expect(headingOf(body)).toBe("Complete your payment");
    expect(body).toContain('<dd class="amount">$29.00</dd>');
    expect(body).toContain('<form method="post" action="?lang=en">');
    expect(body).toContain("You are charged only after you confirm there.");
  });

  test.each<[string, StubAnswers, number, string]>([
    ["owed", {}, 200, "Complete your payment"],
    [
      "being processed",
      { view: { kind: "being_processed", total: money(1, "USD") } },
      200,
      "Your payment is being processed",
    ],
    [
      "waiting for the customer's confirmation",
      { view: { kind: "needs_confirmation", total: money(2_900, "USD"), hasPage: true } },
      200,
      "Please confirm your payment",
    ],
    ["paid", { view: { kind: "paid" } }, 200, "Thank you, your payment went through"],
    ["cancelled", { view: { kind: "cancelled" } }, 200, "This subscription has ended"],
    ["no longer owed", { view: { kind: "nothing_owed" } }, 200, "There is nothing to pay here"],
    [
      "unknown, because no worker answers,",
      { view: new Error("no worker") },
      503,
      "This page is temporarily unavailable",
    ],
  ])("the pay page of a debt that is %s says so", async (_, answers, status, title) => {
    const { app } = stubbedGateway(answers);
    const { statusCode, body, headers } = await getPage(app);
    expect([statusCode, headingOf(body)]).toEqual([status, title]);
    expect(headers["retry-after"]).toBe(status === 503 ? "60" : undefined);
  });

  test.each<[LinkResult, DebtView, number, string]>([
    [
      { kind: "refused", code: "nothing_owed" },
      { kind: "paid" },
      409,
      "Thank you, your payment went through",
    ],
    [
      { kind: "refused", code: "nothing_owed" },
      { kind: "cancelled" },
      409,
      "This subscription has ended",
    ],
    [
      { kind: "refused", code: "stale_link" },
      { kind: "nothing_owed" },
      409,
      "There is nothing to pay here",
    ],
    [{ kind: "refused", code: "nothing_owed" }, OWED, 409, "There is nothing to pay here"],
    [{ kind: "refused", code: "being_processed" }, OWED, 409, "Your payment is being processed"],
    [
      { kind: "refused", code: "confirm_with_bank" },
      { kind: "needs_confirmation", total: money(2_900, "USD"), hasPage: true },
      409,
      "Please confirm your payment",
    ],
    [
      { kind: "refused", code: "confirm_with_bank" },
      { kind: "paid" },
      409,
      "Thank you, your payment went through",
    ],
    [{ kind: "refused", code: "not_now" }, OWED, 503, "This page is temporarily unavailable"],
    [
      { kind: "refused", code: "method_blocked" },
      OWED,
      503,
      "This page is temporarily unavailable",
    ],
  ])(
    "a press that the recovery answers with %j, while the debt is %j, shows the matching page",
    async (link, view, status, title) => {
      const { app } = stubbedGateway({ link, view });
      const { statusCode, body } = await press(app);
      expect([statusCode, headingOf(body)]).toEqual([status, title]);
    },
  );

  test.each([
    [true, "<button", "in your bank’s app"],
    [false, "in your bank’s app", "<button"],
  ])(
    "the pay page of a payment that waits for the customer, where Dodo has a page for it: %j, has either the button or the words",
    async (hasPage, has, lacks) => {
      const view = { kind: "needs_confirmation", total: money(2_900, "USD"), hasPage } as const;
      const { body } = await getPage(stubbedGateway({ view }).app);
      expect(body).toContain('<dd class="amount">$29.00</dd>');
      expect(body).toContain(has);
      expect(body).not.toContain(lacks);
    },
  );

  test("a customer who comes back from the payment's own page sees that the payment is being processed", async () => {
    const view = { kind: "needs_confirmation", total: money(2_900, "USD"), hasPage: true } as const;
    const { app } = stubbedGateway({ view });
    const heading = async (query: string): Promise<string> =>
      headingOf((await getPage(app, query)).body);
    expect(await heading("?payment_id=pay_2&status=succeeded")).toBe(
      "Your payment is being processed",
    );
    expect(await heading("?payment_id=pay_2&status=failed")).toBe("Please confirm your payment");
  });

  test("a press redirects to Dodo's payment page and sends no referrer", async () => {
    const { app } = stubbedGateway();
    const { statusCode, headers } = await press(app);
    expect(statusCode).toBe(303);
    expect(headers["location"]).toBe(PAYMENT_PAGE);
    expect(headers["referrer-policy"]).toBe("no-referrer");
  });

  test("a press that cannot reach the recovery says that nothing was charged", async () => {
    const { app } = stubbedGateway({ link: new Error("Temporal is down") });
    const { statusCode, body } = await press(app);
    expect(statusCode).toBe(503);
    expect(body).toContain("Nothing was charged on this page.");
  });

  test("an expired link of a debt that is not exhausted gets 410, and creates nothing", async () => {
    const { app, calls } = stubbedGateway();
    for (const method of ["GET", "POST"] as const) {
      const { statusCode, body } = await app.inject({ method, url: `/pay/${tokenFor(NOW - 1)}` });
      expect([statusCode, headingOf(body)]).toEqual([410, "This link has expired"]);
    }
    expect(calls.links).toBe(0);
  });

  test("an expired link of an exhausted debt offers to pay late, and serves for nothing else", async () => {
    const { app, calls } = stubbedGateway({ view: { ...OWED, late: true } });
    const url = `/pay/${tokenFor(NOW - 1)}`;
    const page = await app.inject({ method: "GET", url });
    expect([page.statusCode, headingOf(page.body)]).toEqual([200, "Complete your payment"]);
    expect(page.body).toContain("You can still pay.");
    expect(calls.links).toBe(0);
    const pressed = await app.inject({ method: "POST", url });
    expect([pressed.statusCode, pressed.headers.location]).toEqual([303, PAYMENT_PAGE]);
    const reminders = url.replace("/pay/", "/reminders/");
    for (const method of ["GET", "POST"] as const) {
      const { statusCode } = await app.inject({ method, url: reminders });
      expect(statusCode).toBe(410);
    }
    expect(calls.stops).toBe(0);
  });

  test("the page of a late payer reloads while Dodo is read", async () => {
    const { app } = stubbedGateway({ view: { kind: "checking", late: true } });
    const { body, headers } = await getPage(app);
    expect(headingOf(body)).toBe("One moment, please");
    expect(headers["refresh"]).toBe("5; url=?refresh=1");
  });

  test("a late payer who has to wait for the read is shown a page that reloads", async () => {
    const { app } = stubbedGateway({
      view: { kind: "checking", late: true },
      link: new TemporalUnavailableError(),
    });
    const { statusCode, body } = await press(app);
    expect([statusCode, headingOf(body)]).toEqual([202, "One moment, please"]);
  });

  test("a page on which nothing can be paid any more says what is open and whom to ask", async () => {
    const view: DebtView = { kind: "unpaid", total: money(2_900, "USD"), late: true };
    const { app } = stubbedGateway({ view, link: { kind: "refused", code: "not_payable" } });
    for (const { body } of [await getPage(app), await press(app)]) {
      expect(headingOf(body)).toBe("This payment is still due");
      expect(body).toContain("$29.00");
      expect(body).toContain("Please contact us");
      expect(body).not.toContain("<button");
    }
  });
});

describe("return from Dodo's payment page", () => {
  test("after the return the page says that the payment is being processed and reloads by itself", async () => {
    const { app } = stubbedGateway();
    const { body, headers } = await getPage(app, "?lang=fr&payment_id=pay_2&status=succeeded");
    expect(headingOf(body)).toBe("Votre paiement est en cours de traitement");
    expect(headers["refresh"]).toBe("5; url=?lang=fr&payment_id=pay_2&refresh=1");
    expect(body).toContain('href="?lang=fr&amp;payment_id=pay_2&amp;refresh=1"');
  });

  test("after the return the page reloads less and less often, and finally offers to pay again", async () => {
    const { app } = stubbedGateway();
    const reload = async (count: string): Promise<unknown[]> => {
      const { body, headers } = await getPage(app, `?payment_id=pay_2&refresh=${count}`);
      return [headingOf(body), headers["refresh"]?.toString().split(";")[0]];
    };
    expect(await reload("24")).toEqual(["Your payment is being processed", "30"]);
    expect(await reload("84")).toEqual(["Complete your payment", undefined]);
    expect(await reload("-1")).toEqual(["Your payment is being processed", "5"]);
  });

  test("the page of a payment in flight reloads for as long as it takes", async () => {
    const { app } = stubbedGateway({ view: { kind: "being_processed", total: money(1, "USD") } });
    const { headers } = await getPage(app, "?refresh=9999");
    expect(headers["refresh"]).toBe("600; url=?refresh=10000");
  });

  test.each([
    ["Dodo's return address says so", "?payment_id=pay_2&status=failed", OWED],
    [
      "the recovery has handled the payment",
      "?payment_id=pay_2",
      { ...OWED, handledPayments: ["pay_2"] },
    ],
  ])("a declined payment is explained and can be repeated once %s", async (_, query, view) => {
    const { app } = stubbedGateway({ view });
    const { body, headers } = await getPage(app, query);
    expect(body).toContain("This payment was not approved, and you were not charged.");
    expect(body).toContain('type="submit"');
    expect(headers["refresh"]).toBeUndefined();
  });

  test("the return address cannot mark a debt as paid", async () => {
    const { app } = stubbedGateway({ view: { kind: "nothing_owed" } });
    const { body } = await getPage(app, "?payment_id=pay_2&status=succeeded");
    expect(headingOf(body)).toBe("There is nothing to pay here");
  });
});
