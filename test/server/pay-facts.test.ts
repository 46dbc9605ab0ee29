import { describe, expect, test } from "vitest";
import { parsePaymentId } from "../../domain/values/ids.ts";
import { money } from "../../domain/values/money.ts";
import type { DebtFacts } from "../../server/temporal/debt-facts.ts";
import type { DebtView } from "../../server/temporal/debt-view.ts";
import { getPage, OWED, stubbedGateway, tokenFor } from "./stubbed-gateway.ts";

const PAYMENT = parsePaymentId("pay_1");
const FACTS: DebtFacts = {
  total: money(2_900, "USD"),
  productName: "Lumen <Daily>",
  payment: {
    paymentId: PAYMENT,
    at: Date.UTC(2026, 9, 5, 2),
    paidWith: { kind: "card", brand: "Visa", lastFour: "4242" },
  },
  settledBy: null,
  payUntil: Date.UTC(2026, 10, 4, 2),
  reader: { locale: "en-US", timeZone: "America/Denver" },
};

/** Labels and values of the page's list of facts. */
function factsOf(html: string): Record<string, string> {
  const rows = [...html.matchAll(/<dt>(.*?)<\/dt><dd[^>]*>(.*?)<\/dd>/g)];
  return Object.fromEntries(rows.map(([, label = "", value = ""]) => [label, value]));
}

const pageOf = async (view: DebtView, query = ""): Promise<string> =>
  (await getPage(stubbedGateway({ view, brand: { name: "Lumen Press" } }).app, query)).body;

describe("the facts on a customer's page", () => {
  test("are the mail's, in its time zone, under the merchant's name", async () => {
    const html = await pageOf({ ...OWED, facts: FACTS });
    expect(factsOf(html)).toEqual({
      Product: "Lumen &lt;Daily&gt;",
      Amount: "$29.00",
      // In Denver it is still the day before.
      Date: "October 4",
      Card: "Visa ending in 4242",
      "Please pay by": "Tuesday, November 3 at 7:00 PM MST",
    });
    expect(html).toContain("<header>Lumen Press</header>");
    expect(html).toContain("<title>Complete your payment – Lumen Press</title>");
  });

  test("do not name an earlier payment's card and date after a decline, and the decline is said once", async () => {
    const html = await pageOf({ ...OWED, facts: FACTS }, "?payment_id=pay_9&status=failed");
    expect(Object.keys(factsOf(html))).toEqual(["Product", "Amount", "Please pay by"]);
    expect(html).toContain("This payment was not approved");
    expect(html).not.toContain("did not go through");
  });

  test("name the card of a paid debt only where it is the card that paid", async () => {
    const paid = { kind: "paid" } as const;
    const facts = { ...FACTS, payUntil: null };
    expect(Object.keys(factsOf(await pageOf({ ...paid, facts })))).toEqual(["Product", "Amount"]);
    const settled = { ...paid, facts: { ...facts, settledBy: PAYMENT } };
    expect(factsOf(await pageOf(settled))["Card"]).toBe("Visa ending in 4242");
  });

  test("are on the page that stops reminders, which also works without them", async () => {
    for (const [view, expected] of [
      [{ ...OWED, facts: FACTS }, 5],
      [new Error("down"), 0],
    ] as const) {
      const { app } = stubbedGateway({ view });
      const { statusCode, body } = await app.inject({ url: `/reminders/${tokenFor()}` });
      expect([statusCode, Object.keys(factsOf(body)).length]).toEqual([200, expected]);
    }
  });
});
