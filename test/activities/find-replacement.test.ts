import { describe, expect, test } from "vitest";
import { withCachedPurchases } from "../../activities/evidence/cached-purchases.ts";
import {
  findReplacement,
  listCustomerPayments,
} from "../../activities/evidence/find-replacement.ts";
import { ModelDodo } from "../../dev/model/dodo.ts";
import { subscriptionAs, unattributedPayment } from "../../dev/model/events.ts";
import { modelPort } from "../../dev/model/port.ts";
import { Timeline } from "../../dev/model/timeline.ts";
import { failureOfAnswer } from "../../dodo/failures.ts";
import { DodoError, type RecoveryPort } from "../../dodo/port.ts";
import type { Purchase } from "../../domain/debt/replacement.ts";
import type { Payment } from "../../domain/state/payment.ts";
import { newRecovery } from "../../domain/state/recovery.ts";
import { parseSubscriptionId } from "../../domain/values/ids.ts";
import { HOUR_MS } from "../../domain/values/time.ts";
import { paymentIdOf } from "../support/domain/ids.ts";
import { DAY_0 } from "../support/domain/scenario.ts";

const OWN = parseSubscriptionId("sub_1") ?? (undefined as never);
const CONTEXT = { customerId: "cus_1", since: DAY_0, separatePurchases: [] };
const SUBSCRIPTION = subscriptionAs(newRecovery(OWN, DAY_0), { productId: "pdt_1" });
const AGAIN: Purchase = { productId: "pdt_1", createdAt: DAY_0 + HOUR_MS };

const bought = (number: number, given: Partial<Payment> = {}): Payment =>
  unattributedPayment(DAY_0 + number * HOUR_MS, {
    paymentId: paymentIdOf(`pay_${number}`),
    subscriptionIds: [`sub_${number}`],
    state: "succeeded",
    ...given,
  });

/** A Dodo that lists these payments of the customer; each of their subscriptions is such a purchase. */
function dodoWith(
  payments: readonly Payment[],
  purchase: RecoveryPort["purchase"] = async () => await Promise.resolve(AGAIN),
): { readonly dodo: RecoveryPort; readonly read: string[] } {
  const timeline = new Timeline(DAY_0);
  const read: string[] = [];
  const port = modelPort(new ModelDodo(timeline, { authorizedAt: DAY_0 }), timeline.now);
  const dodo: RecoveryPort = {
    ...port,
    customerPayments: async (customerId) => {
      read.push(customerId);
      return await Promise.resolve(payments);
    },
    purchase: (id, tries) => {
      read.push(id);
      return purchase(id, tries);
    },
  };
  return { dodo, read };
}

async function search(dodo: RecoveryPort, context = CONTEXT, own = SUBSCRIPTION): Promise<unknown> {
  const listed = await listCustomerPayments(context, dodo, "once");
  return await findReplacement(listed, own, context, dodo, "once");
}

const refused = (): Promise<never> =>
  Promise.reject(new DodoError(failureOfAnswer(422, "INVALID_REQUEST_PARAMETERS")));

describe("the search for a replacement", () => {
  test("finds the oldest success for a newer subscription to the same product", async () => {
    const { dodo } = dodoWith([bought(3), bought(2)]);
    expect(await search(dodo)).toEqual({
      kind: "found",
      replacement: { paymentId: "pay_2", subscriptionId: "sub_2" },
    });
  });

  test.each([
    ["the subscription's own", { subscriptionIds: ["sub_1"] }],
    ["one that the subscription shares", { subscriptionIds: ["sub_2", "sub_1"] }],
    ["one without a subscription", { subscriptionIds: [] }],
    ["a declined one", { state: "declined" }],
    ["one that is under way", { state: "processing" }],
    ["one of nothing", { totalMinor: 0 }],
    ["one from before the first failure", { createdAt: DAY_0 - 1 }],
  ] as const)("passes over a payment: %s", async (_, given) => {
    const { dodo, read } = dodoWith([bought(2, given)]);
    expect(await search(dodo)).toEqual({ kind: "none" });
    expect(read).toEqual(["cus_1"]);
  });

  test("passes over a payment that a person said replaces nothing", async () => {
    const { dodo } = dodoWith([bought(2), bought(3)]);
    const context = { ...CONTEXT, separatePurchases: ["pay_2"] };
    expect(await search(dodo, context as never)).toMatchObject({
      replacement: { paymentId: "pay_3" },
    });
  });

  test.each([
    ["another product", { ...AGAIN, productId: "pdt_2" }],
    ["a subscription that is older than the failure", { ...AGAIN, createdAt: DAY_0 - 1 }],
    ["an older subscription without a product", { productId: null, createdAt: DAY_0 - 1 }],
  ])("passes over a payment for %s", async (_, purchase) => {
    const { dodo } = dodoWith([bought(2)], async () => await Promise.resolve(purchase));
    expect(await search(dodo)).toEqual({ kind: "none" });
  });

  test("does not ask Dodo for the payments of nobody, which would be the whole account's", async () => {
    const { dodo, read } = dodoWith([bought(2)]);
    expect(await search(dodo, { ...CONTEXT, customerId: "" })).toEqual({
      kind: "unknown",
      why: "no_customer",
    });
    expect(read).toEqual([]);
  });

  test("concludes nothing from a purchase without a product, or without one of its own", async () => {
    const unnamed = async (): Promise<Purchase> =>
      await Promise.resolve({ ...AGAIN, productId: null });
    const unknown = { kind: "unknown", why: "no_product" };
    expect(await search(dodoWith([bought(2)], unnamed).dodo)).toEqual(unknown);
    const own = { ...SUBSCRIPTION, productId: null };
    expect(await search(dodoWith([bought(2)]).dodo, CONTEXT, own)).toEqual(unknown);
  });

  test("concludes nothing from what Dodo refuses to show", async () => {
    const unknown = { kind: "unknown", why: "refused" };
    expect(await search(dodoWith([bought(2)], refused).dodo)).toEqual(unknown);
    const { dodo } = dodoWith([]);
    expect(await search({ ...dodo, customerPayments: refused })).toEqual(unknown);
  });

  test("finds a replacement among more subscriptions than it judges, or concludes nothing", async () => {
    const many = Array.from({ length: 30 }, (_, index) => bought(index + 2));
    const older = async (): Promise<Purchase> =>
      await Promise.resolve({ ...AGAIN, createdAt: DAY_0 - 1 });
    const { dodo, read } = dodoWith(many, older);
    expect(await search(dodo)).toEqual({ kind: "unknown", why: "too_many" });
    expect(read).toHaveLength(21);
    expect(await search(dodoWith(many).dodo)).toMatchObject({ kind: "found" });
  });

  test("fails in an outage, so that nothing is charged unseen", async () => {
    const down = (): Promise<never> =>
      Promise.reject(new DodoError({ kind: "unsent", detail: "ECONNREFUSED" }));
    await expect(search(dodoWith([bought(2)], down).dodo)).rejects.toThrow("could not be reached");
  });

  test("reads each subscription once, unless Dodo did not name its product", async () => {
    const { dodo, read } = dodoWith([bought(2)]);
    const cached = withCachedPurchases(dodo);
    await search(cached);
    await search(cached);
    expect(read).toEqual(["cus_1", "sub_2", "cus_1"]);
    let productId: string | null = null;
    const later = dodoWith([bought(2)], async () => await Promise.resolve({ ...AGAIN, productId }));
    const cachedLater = withCachedPurchases(later.dodo);
    expect(await search(cachedLater)).toMatchObject({ kind: "unknown" });
    productId = "pdt_1";
    expect(await search(cachedLater)).toMatchObject({ kind: "found" });
  });
});
