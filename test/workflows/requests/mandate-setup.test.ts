import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skipTime } from "../../../dev/temporal/skip-time.ts";
import type { MandateState, RequestedMandate } from "../../../domain/mandate/mandate.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../domain/values/time.ts";
import type { LedgerSubscription } from "../../../sandbox/control/ledger.ts";
import type { RequestFaultInput } from "../../../sandbox/faults/request-faults.ts";
import type { MandateMemo } from "../../../workflows/contract.ts";
import {
  type ApiAnswer,
  callApi,
  requestChargeUntilDecided,
  requestMandate,
  requestMandateUntilPage,
} from "../../support/merchant/api.ts";
import { sendAcrossRestart } from "../../support/merchant/gateway-restart.ts";
import { mandateBody, payOnCheckoutPage } from "../../support/merchant/mandate.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  // The second read before a charge, without its ten seconds.
  system = await startTestSystem({ policy: { ...DEFAULT_POLICY, openingRereadMs: 300 } });
});

afterAll(async () => {
  await system.close();
});

const EMAIL = "ada@lovelace.example";

/** Body of a request for a new customer, so that each test has a ledger of its own. */
async function newMandateBody(
  more: object = {},
  on: TestSystem = system,
): Promise<Record<string, unknown>> {
  const { customerId } = await on.sandbox.control.createCustomer({ email: EMAIL });
  return mandateBody(customerId, more);
}

const newKey = (): string => `key-${randomUUID()}`;

const checkoutOf = ({ body }: ApiAnswer): { readonly id: string; readonly url: string } => ({
  id: String(body["mandate_id"]),
  url: String(body["checkout_url"]),
});

/** Polls Temporal, because the operator API has a rate limit. */
async function untilMandate(
  id: string,
  expected: { readonly state: MandateState } & Readonly<Record<string, unknown>>,
): Promise<ApiAnswer["body"]> {
  const { state } = expected;
  await until(
    async () => {
      const { memo } = await system.client.workflow.getHandle(id).describe();
      return (memo as MandateMemo | undefined)?.status?.state === state;
    },
    { what: `a mandate that is ${state}` },
  );
  const { body } = await callApi(system.gatewayUrl, `/v1/mandates/${id}`);
  expect(body).toMatchObject(expected);
  return body;
}

const skip = async (id: string, durationMs: number): Promise<void> => {
  await skipTime(system.environment.nativeConnection, "default", id, durationMs);
};

/** The customer's subscriptions at Dodo, including those of checkouts whose answer was lost. */
async function ledgerOf(body: Record<string, unknown>): Promise<readonly LedgerSubscription[]> {
  const { customer_id: customerId } = body["customer"] as { customer_id: string };
  const { subscriptions } = await system.sandbox.control.ledger();
  return subscriptions.filter((one) => one.customerId === customerId);
}

describe("requested mandate", () => {
  test("one key makes one checkout: 50 requests at once, across a restart, and after its end", async () => {
    const key = newKey();
    const body = await newMandateBody({ metadata: { plan: "gold" } });
    const sent = await sendAcrossRestart(system, "mandateSetup", (url) =>
      requestMandate(url, key, body),
    );
    const { answers, before, after, gateway: second } = sent;
    const lost = before.filter((end) => end === "lost").length;
    expect(after).not.toContain("lost");
    const { id, url } = checkoutOf(await requestMandateUntilPage(second.url, key, body));
    await payOnCheckoutPage(url);
    await untilMandate(id, { state: "active" });
    await until(async () => (await system.client.workflow.getHandle(id).describe()).closeTime, {
      what: "the end of its workflow",
    });
    answers.push(
      ...(await Promise.all(
        Array.from({ length: 50 }, () => requestMandateUntilPage(second.url, key, body)),
      )),
    );
    // On a busy machine some requests get 503. All others must get the same page.
    const accepted = answers.filter(({ status }) => status !== 503);
    expect(accepted.every(({ status }) => status === 202)).toBe(true);
    const pages = accepted.map(({ body: answer }) => answer["checkout_url"]);
    expect(new Set(pages.filter((page) => page !== null))).toEqual(new Set([url]));
    expect(await ledgerOf(body)).toMatchObject([{ status: "active", collectedMinor: 0 }]);
    console.log(
      `50 requests at once, ${lost} lost with the gateway, then twice 50 more: one checkout, ${accepted.length} answers`,
    );
    await second.app.close();
  });

  test("a mandate with a first charge collects it, and can be charged from then on", async () => {
    const body = await newMandateBody({
      mandate_only: false,
      amount: 1_500,
      currency: "EUR",
      description: "October",
      quantity: 3,
      adaptive_currency_fees_inclusive: true,
      mandate_min_amount_inr_paise: 2_500_000,
      return_url: "https://merchant.example/welcome",
    });
    const { id, url } = checkoutOf(
      await requestMandateUntilPage(system.gatewayUrl, newKey(), body),
    );
    expect(
      (await untilMandate(id, { state: "waiting_for_customer" }))["subscription_id"],
    ).toBeNull();
    await payOnCheckoutPage(url);
    const { subscription_id: subscriptionId } = await untilMandate(id, { state: "active" });
    expect(await ledgerOf(body)).toMatchObject([
      { subscriptionId, status: "active", currency: "EUR", collectedMinor: 1_500 },
    ]);
    const passedOn = { quantity: 3, feesInclusive: true, mandateMinInrPaise: 2_500_000 };
    expect(await ledgerOf(body)).toMatchObject([passedOn]);
    const charge = await requestChargeUntilDecided(
      system.gatewayUrl,
      String(subscriptionId),
      newKey(),
      {
        amount: 900,
      },
    );
    expect(charge.status).toBe(202);
    await until(async () => (await ledgerOf(body))[0]?.collectedMinor === 2_400, {
      what: "the charge",
    });
  });

  test("a mandate whose first charge is declined fails, and nothing is charged again", async () => {
    const body = await newMandateBody({ mandate_only: false, amount: 1_500 });
    const { id, url } = checkoutOf(
      await requestMandateUntilPage(system.gatewayUrl, newKey(), body),
    );
    await payOnCheckoutPage(url, "insufficient_funds");
    const { subscription_id: subscriptionId } = await untilMandate(id, { state: "failed" });
    // The declined payment opens a recovery, which finds that nothing is owed.
    expect(await system.runToEnd(String(subscriptionId))).toMatchObject({
      outcome: "nothing_owed",
    });
    const [ledger, ...others] = await ledgerOf(body);
    expect(others).toEqual([]);
    expect(ledger?.payments).toHaveLength(1);
  });

  test("a mandate is followed by reading Dodo when its webhooks are lost", async () => {
    await system.sandbox.control.addWebhookFault({ kind: "lost" });
    const body = await newMandateBody();
    const { id, url } = checkoutOf(
      await requestMandateUntilPage(system.gatewayUrl, newKey(), body),
    );
    await payOnCheckoutPage(url);
    expect(await ledgerOf(body)).toMatchObject([{ status: "active" }]);
    await untilMandate(id, { state: "waiting_for_customer" });
    await skip(id, MINUTE_MS + 1_000);
    await untilMandate(id, { state: "active" });
    await system.sandbox.control.clearWebhookFaults();
  });

  test("a mandate is activated by its payment's webhook when the subscription's webhook is lost", async () => {
    await system.sandbox.control.addWebhookFault({ kind: "lost", types: ["subscription.active"] });
    const body = await newMandateBody();
    const { id, url } = checkoutOf(
      await requestMandateUntilPage(system.gatewayUrl, newKey(), body),
    );
    await payOnCheckoutPage(url);
    const { reason } = await untilMandate(id, { state: "active" });
    expect(reason).toContain("is active");
    await system.sandbox.control.clearWebhookFaults();
  });

  test("a mandate expires with its checkout page", async () => {
    const body = await newMandateBody();
    const { id, url } = checkoutOf(
      await requestMandateUntilPage(system.gatewayUrl, newKey(), body),
    );
    await skip(id, DAY_MS + HOUR_MS);
    await untilMandate(id, { state: "expired", checkout_url: url });
    expect((await fetch(url)).status).toBe(410);
  });

  test("a mandate waits for the bank's answer after its page has expired", async () => {
    const body = await newMandateBody({ mandate_only: false, amount: 1_500 });
    const { id, url } = checkoutOf(
      await requestMandateUntilPage(system.gatewayUrl, newKey(), body),
    );
    await payOnCheckoutPage(url, "three_ds_abandoned");
    await skip(id, DAY_MS + HOUR_MS);
    await untilMandate(id, { state: "waiting_for_customer" });
    const [payment] = (await ledgerOf(body))[0]?.payments ?? [];
    await system.sandbox.control.settlePayment(payment?.paymentId ?? "", { outcome: "succeed" });
    await untilMandate(id, { state: "active" });
    expect(await ledgerOf(body)).toMatchObject([{ status: "active", collectedMinor: 1_500 }]);
  });

  const CREATE = { method: "POST", route: "/checkouts" } as const;
  // The number is how many extra checkouts Dodo creates, whose answer was lost.
  const faults: readonly (readonly [string, readonly RequestFaultInput[], number])[] = [
    ["a refused connection", [{ kind: "drop_before", ...CREATE }], 0],
    ["a lost answer", [{ kind: "drop_after", ...CREATE }], 1],
    ["an error before it is created", [{ kind: "error_before", ...CREATE }], 0],
    ["an error after it is created", [{ kind: "error_after", status: 503, ...CREATE }], 1],
    ["an answer that never comes", [{ kind: "hang_after", ms: 20_000, ...CREATE }], 1],
    ["an answer after the time-out", [{ kind: "slow", ms: 6_000, ...CREATE }], 1],
    [
      "too many requests",
      [{ kind: "refuse", code: "TOO_MANY_REQUESTS", status: 429, ...CREATE }],
      0,
    ],
    [
      "several faults in a row",
      [
        { kind: "drop_after", ...CREATE },
        { kind: "error_after", ...CREATE },
        { kind: "drop_before", ...CREATE },
      ],
      2,
    ],
  ];
  test.each(faults)("a mandate has one checkout page after %s", async (_what, given, unseen) => {
    const key = newKey();
    const body = await newMandateBody({ mandate_only: false, amount: 1_500 });
    for (const fault of given) await system.sandbox.control.addFault(fault);
    const pages = new Set<unknown>();
    await until(
      async () => {
        const answer = await requestMandate(system.gatewayUrl, key, body);
        expect(answer.status).toBeOneOf([202, 503]);
        pages.add(answer.body["checkout_url"] ?? null);
        return typeof answer.body["checkout_url"] === "string";
      },
      { what: "the page" },
    );
    pages.add((await requestMandateUntilPage(system.gatewayUrl, key, body)).body["checkout_url"]);
    pages.delete(null);
    expect(pages.size).toBe(1);
    const [url] = [...pages];
    await payOnCheckoutPage(String(url));
    const { checkout_url: shown, subscription_id: subscriptionId } = await untilMandate(
      String((await requestMandate(system.gatewayUrl, key, body)).body["mandate_id"]),
      { state: "active" },
    );
    expect(shown).toBe(url);
    // Nobody has the pages of the extra checkouts, so they stay pending.
    await until(async () => (await ledgerOf(body)).length === 1 + unseen, {
      what: "every checkout",
    });
    const ledger = await ledgerOf(body);
    expect(ledger.filter(({ status }) => status !== "pending")).toMatchObject([
      { subscriptionId, status: "active", succeeded: 1, collectedMinor: 1_500 },
    ]);
  });

  test("a mandate whose checkout Dodo cannot create within a day is refused as not_made each time", async () => {
    await system.sandbox.control.addFault({ kind: "error_before", times: 10_000, ...CREATE });
    const key = newKey();
    const body = await newMandateBody();
    const { id } = checkoutOf(await requestMandate(system.gatewayUrl, key, body));
    await skip(id, DAY_MS + HOUR_MS);
    await untilMandate(id, { state: "refused", refusal: "not_made" });
    await system.sandbox.control.clearFaults();
    for (let time = 0; time < 2; time += 1) {
      const answer = await requestMandate(system.gatewayUrl, key, body);
      expect(answer).toMatchObject({ status: 409, body: { code: "not_made" } });
    }
    expect(await ledgerOf(body)).toEqual([]);
  });

  test("a mandate that Dodo refuses is refused each time after one request to Dodo", async () => {
    const key = newKey();
    const body = await newMandateBody({ customer: { customer_id: `cus_${randomUUID()}` } });
    for (let time = 0; time < 2; time += 1) {
      const answer = await requestMandateUntilPage(system.gatewayUrl, key, body);
      expect(answer).toMatchObject({ status: 422, body: { code: "refused_by_dodo" } });
      expect(answer.body["detail"]).toContain("NOT_FOUND (HTTP 404, request req_");
    }
    const requests = await system.sandbox.control.requests();
    const sent = requests.filter(({ method, path }) => `${method} ${path}` === "POST /checkouts");
    expect(sent.filter(({ refusal }) => refusal === "NOT_FOUND")).toHaveLength(1);
  });

  test("another body under the same key is refused, while the mandate is open and after its end", async () => {
    const key = newKey();
    const body = await newMandateBody({ metadata: { a: "1", b: "2" } });
    const first = await requestMandateUntilPage(system.gatewayUrl, key, body);
    const other = { ...body, metadata: { a: "1" } };
    const reused = { status: 422, body: { code: "idempotency_key_reused" } };
    expect(await requestMandate(system.gatewayUrl, key, other)).toMatchObject(reused);
    await payOnCheckoutPage(checkoutOf(first).url);
    await untilMandate(checkoutOf(first).id, { state: "active" });
    expect(await requestMandate(system.gatewayUrl, key, other)).toMatchObject(reused);
    const reordered = { ...body, metadata: { b: "2", a: "1" } };
    expect((await requestMandate(system.gatewayUrl, key, reordered)).body).toEqual(first.body);
    expect(await ledgerOf(body)).toHaveLength(1);
  });

  test("a mandate that Temporal no longer has is found at Dodo without a second checkout", async () => {
    const body = await newMandateBody({ mandate_only: false, amount: 1_500 });
    const { id, url } = checkoutOf(
      await requestMandateUntilPage(system.gatewayUrl, newKey(), body),
    );
    await payOnCheckoutPage(url);
    const { subscription_id: subscriptionId } = await untilMandate(id, { state: "active" });
    const { customer_id: customerId } = body["customer"] as { customer_id: string };
    const mandate: RequestedMandate = {
      productId: "pdt_1",
      customerId,
      country: "US",
      mandateOnly: false,
      amountMinor: 1_500,
      currency: null,
      description: null,
      returnUrl: null,
      metadata: {},
    };
    // As after a restored backup: the same key starts its workflow again.
    const again = await system.client.workflow.execute("mandateSetup", {
      workflowId: id,
      workflowIdReusePolicy: "ALLOW_DUPLICATE",
      taskQueue: system.taskQueue,
      args: [{ mandate, by: "anna" }],
    });
    expect(again).toMatchObject({ state: "active", subscriptionId, checkoutUrl: null });
    expect(await ledgerOf(body)).toHaveLength(1);
  });

  test("a mandate puts no name and no address into Temporal", async () => {
    const body = await newMandateBody();
    const { id, url } = checkoutOf(
      await requestMandateUntilPage(system.gatewayUrl, newKey(), body),
    );
    await payOnCheckoutPage(url);
    await untilMandate(id, { state: "active" });
    const history = await system.client.workflow.getHandle(id).fetchHistory();
    const payloads = JSON.stringify(historyToJSON(history)).replaceAll(
      /[A-Za-z0-9+/=]{16,}/g,
      (text) => Buffer.from(text, "base64").toString("utf8"),
    );
    expect(payloads).toContain("mandate.active");
    expect(payloads).not.toMatch(/lovelace|Test Buyer|Elm St|62701/i);
  });

  test("an unknown mandate gets 404", async () => {
    for (const id of ["mandate-1", `mandate-${"0".repeat(64)}`]) {
      const answer = await callApi(system.gatewayUrl, `/v1/mandates/${id}`);
      expect(answer).toMatchObject({ status: 404, body: { code: "no_mandate" } });
    }
  });
});

test("in shadow mode a mandate is refused without a request to Dodo", async () => {
  const shadow = await startTestSystem({ mode: "shadow" });
  try {
    const body = await newMandateBody({}, shadow);
    const answer = await requestMandateUntilPage(shadow.gatewayUrl, newKey(), body);
    expect(answer).toMatchObject({ status: 409, body: { code: "shadow" } });
    expect(await shadow.sandbox.control.requests()).toEqual([]);
  } finally {
    await shadow.close();
  }
});
