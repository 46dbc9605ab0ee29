import { describe, expect, test } from "vitest";
import * as shapes from "../../dodo/shapes.ts";
import { readWebhook, translateWebhook } from "../../dodo/webhook-events.ts";
import fixtures from "../fixtures/dodo-webhook-fixtures.json" with { type: "json" };
import { LONG_TEXT, oversized, withEachFieldOversized } from "../hostile/requests.ts";

const NOW = Date.UTC(2026, 9, 5);

/** Of one signal, in characters of JSON. Histories keep them, so a larger one is a cost for weeks. */
const SIGNAL_CHARACTERS_MAX = 2_500;

/** Every list, text and map in what Reprise keeps of a webhook or an answer. */
function sizesIn(value: unknown): number[] {
  if (typeof value === "string") return [value.length];
  if (Array.isArray(value)) return [value.length, ...value.flatMap(sizesIn)];
  if (typeof value !== "object" || value === null) return [];
  return [Object.keys(value).length, ...Object.values(value).flatMap(sizesIn)];
}

const events = fixtures.events.map((event) => [event.type, event] as const);

describe("a webhook with one field too large", () => {
  test.each(events)("of type %s leads to few and small signals", (_, event) => {
    for (const [field, hostile] of withEachFieldOversized(event)) {
      const translation = translateWebhook(
        readWebhook(Buffer.from(JSON.stringify(hostile))),
        "msg_1",
        NOW,
      );
      if (translation.kind !== "routed") {
        expect(JSON.stringify(translation).length, field).toBeLessThan(SIGNAL_CHARACTERS_MAX);
        continue;
      }
      expect(translation.routed.length, field).toBeLessThanOrEqual(100);
      const reports = [...translation.routed.map((one) => one.event), translation.mandate];
      for (const report of reports)
        expect(JSON.stringify(report).length, field).toBeLessThan(SIGNAL_CHARACTERS_MAX);
    }
  });

  test("with all fields of the payment too large at once leads to none", () => {
    const data = oversizedFields(events[1]?.[1].data ?? {});
    const body = Buffer.from(JSON.stringify({ type: "payment.failed", data }));
    expect(translateWebhook(readWebhook(body), "msg_1", NOW).kind).toBe("ignored");
  });
});

function oversizedFields(data: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, oversized(value)]));
}

describe("an object of Dodo's with one field too large", () => {
  const readers: Readonly<Record<string, (raw: unknown) => unknown>> = {
    payment: (raw) => shapes.paymentOf(raw, NOW, "key_7"),
    "listed payment": (raw) => shapes.listedPaymentOf(raw, NOW),
    subscription: (raw) => shapes.subscriptionOf(raw, NOW, "key_7"),
    customer: shapes.customerOf,
    offer: shapes.offerOf,
    details: (raw) => {
      const payment = shapes.paymentOf(raw, NOW);
      return payment === null ? null : shapes.paymentDetailsOf(raw, payment);
    },
    "line items": (raw) => shapes.lineItemsOf(raw, "USD"),
  };

  test.each(Object.entries(readers))("is read as a small %s", (_, read) => {
    for (const [type, event] of events) {
      for (const [field, hostile] of withEachFieldOversized(event.data)) {
        const sizes = sizesIn(read(hostile));
        expect(Math.max(0, ...sizes), `${type}: ${field}`).toBeLessThanOrEqual(500);
      }
    }
  });

  test("keeps an address to pay on only where a browser can follow it", () => {
    expect(shapes.pageUrlOf(`https://checkout.example/${LONG_TEXT}`)).toBeNull();
    expect(shapes.pageUrlOf("https://checkout.example/pay_1")).not.toBeNull();
  });

  test("is not taken to show what a customer bought where it names more subscriptions than are kept", () => {
    const raw = { payment_id: "pay_1", subscription_ids: oversized([]) };
    expect(shapes.paymentOf(raw, NOW)).toMatchObject({
      hasMoreSubscriptions: true,
      isMultiSubscription: true,
    });
  });
});
