import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skipTime } from "../../../dev/temporal/skip-time.ts";
import type { MandateState, RequestedMandate } from "../../../domain/mandate/mandate.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../domain/values/time.ts";
import type { RequestFaultInput } from "../../../sandbox/faults.ts";
import type { LedgerSubscription } from "../../../sandbox/ledger.ts";
import type { MandateMemo } from "../../../workflows/contract.ts";
import {
  type Answer,
  askApi,
  askMandate,
  askUntilDecided,
  askUntilPage,
} from "../../support/merchant/api.ts";
import { askAcrossRestart } from "../../support/merchant/gateway-restart.ts";
import { mandateOf, payOnPage } from "../../support/merchant/mandate.ts";
import { openStage, type Stage } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let stage: Stage;

beforeAll(async () => {
  // The second look before a charge, without its ten seconds.
  stage = await openStage({ policy: { ...DEFAULT_POLICY, openingRereadMs: 300 } });
});

afterAll(async () => {
  await stage.close();
});

const EMAIL = "ada@lovelace.example";

/** Of a new customer, so that each test has its own books. */
async function wanted(more: object = {}, on: Stage = stage): Promise<Record<string, unknown>> {
  const { customerId } = await on.sandbox.control.createCustomer({ email: EMAIL });
  return mandateOf(customerId, more);
}

const newKey = (): string => `key-${randomUUID()}`;

const checkoutOf = ({ body }: Answer): { readonly id: string; readonly url: string } => ({
  id: String(body["mandate_id"]),
  url: String(body["checkout_url"]),
});

/** Waits at Temporal, since the operator API limits how often it is asked. */
async function untilMandate(
  id: string,
  wants: { readonly state: MandateState } & Readonly<Record<string, unknown>>,
): Promise<Answer["body"]> {
  const { state } = wants;
  await until(
    async () => {
      const { memo } = await stage.client.workflow.getHandle(id).describe();
      return (memo as MandateMemo | undefined)?.standing?.state === state;
    },
    { what: `a mandate that is ${state}`, timeoutMs: 30_000 },
  );
  const { body } = await askApi(stage.gatewayUrl, `/v1/mandates/${id}`);
  expect(body).toMatchObject(wants);
  return body;
}

const skip = async (id: string, durationMs: number): Promise<void> => {
  await skipTime(stage.environment.nativeConnection, "default", id, durationMs);
};

/** All that this customer has at Dodo, also of checkouts whose page nobody has. */
async function booksOf(body: Record<string, unknown>): Promise<readonly LedgerSubscription[]> {
  const { customer_id: customerId } = body["customer"] as { customer_id: string };
  const { subscriptions } = await stage.sandbox.control.ledger();
  return subscriptions.filter((one) => one.customerId === customerId);
}

describe("a mandate asked of us", () => {
  test("is one checkout, however often its key comes: 50 at once, across a restart, and after its end", async () => {
    const key = newKey();
    const body = await wanted({ metadata: { plan: "gold" } });
    const asked = await askAcrossRestart(stage, "mandateSetup", (url) =>
      askMandate(url, key, body),
    );
    const { answers, before, after, gateway: second } = asked;
    const lost = before.filter((end) => end === "lost").length;
    expect(after).not.toContain("lost");
    const { id, url } = checkoutOf(await askUntilPage(second.url, key, body));
    await payOnPage(url);
    await untilMandate(id, { state: "active" });
    await until(async () => (await stage.client.workflow.getHandle(id).describe()).closeTime, {
      what: "the end of its workflow",
    });
    answers.push(
      ...(await Promise.all(Array.from({ length: 50 }, () => askUntilPage(second.url, key, body)))),
    );
    // On a busy machine some are told to ask again: nobody is told of another page.
    const told = answers.filter(({ status }) => status !== 503);
    expect(told.every(({ status }) => status === 202)).toBe(true);
    const pages = told.map(({ body: answer }) => answer["checkout_url"]);
    expect(new Set(pages.filter((page) => page !== null))).toEqual(new Set([url]));
    expect(await booksOf(body)).toMatchObject([{ status: "active", collectedMinor: 0 }]);
    console.log(
      `50 at once, ${lost} lost with the gateway, then 50 and 50 again: one checkout, ${told.length} answers`,
    );
    await second.app.close();
  });

  test("with a first charge collects it, and is charged through us from then on", async () => {
    const body = await wanted({
      mandate_only: false,
      amount: 1_500,
      currency: "EUR",
      description: "October",
      return_url: "https://merchant.example/welcome",
    });
    const { id, url } = checkoutOf(await askUntilPage(stage.gatewayUrl, newKey(), body));
    expect(
      (await untilMandate(id, { state: "waiting_for_customer" }))["subscription_id"],
    ).toBeNull();
    await payOnPage(url);
    const { subscription_id: subscriptionId } = await untilMandate(id, { state: "active" });
    expect(await booksOf(body)).toMatchObject([
      { subscriptionId, status: "active", currency: "EUR", collectedMinor: 1_500 },
    ]);
    const charge = await askUntilDecided(stage.gatewayUrl, String(subscriptionId), newKey(), {
      amount: 900,
    });
    expect(charge.status).toBe(202);
    await until(async () => (await booksOf(body))[0]?.collectedMinor === 2_400, {
      what: "the charge",
    });
  });

  test("whose first charge is declined has failed, and nothing is charged again", async () => {
    const body = await wanted({ mandate_only: false, amount: 1_500 });
    const { id, url } = checkoutOf(await askUntilPage(stage.gatewayUrl, newKey(), body));
    await payOnPage(url, "insufficient_funds");
    const { subscription_id: subscriptionId } = await untilMandate(id, { state: "failed" });
    // The declined payment opens a recovery, which finds that nothing is owed.
    expect(await stage.play(String(subscriptionId))).toMatchObject({ outcome: "nothing_owed" });
    const [books, ...others] = await booksOf(body);
    expect(others).toEqual([]);
    expect(books?.payments).toHaveLength(1);
  });

  test("is followed by reading where no webhook comes", async () => {
    await stage.sandbox.control.addWebhookFault({ kind: "lost" });
    const body = await wanted();
    const { id, url } = checkoutOf(await askUntilPage(stage.gatewayUrl, newKey(), body));
    await payOnPage(url);
    expect(await booksOf(body)).toMatchObject([{ status: "active" }]);
    await untilMandate(id, { state: "waiting_for_customer" });
    await skip(id, MINUTE_MS + 1_000);
    await untilMandate(id, { state: "active" });
    await stage.sandbox.control.clearWebhookFaults();
  });

  test("is heard of by its payment, where the subscription's own webhook is lost", async () => {
    await stage.sandbox.control.addWebhookFault({ kind: "lost", types: ["subscription.active"] });
    const body = await wanted();
    const { id, url } = checkoutOf(await askUntilPage(stage.gatewayUrl, newKey(), body));
    await payOnPage(url);
    const { reason } = await untilMandate(id, { state: "active" });
    expect(reason).toContain("is active");
    await stage.sandbox.control.clearWebhookFaults();
  });

  test("expires with its page", async () => {
    const body = await wanted();
    const { id, url } = checkoutOf(await askUntilPage(stage.gatewayUrl, newKey(), body));
    await skip(id, DAY_MS + HOUR_MS);
    await untilMandate(id, { state: "expired", checkout_url: url });
    expect((await fetch(url)).status).toBe(410);
  });

  test("whose bank has not answered when the page closes is waited for", async () => {
    const body = await wanted({ mandate_only: false, amount: 1_500 });
    const { id, url } = checkoutOf(await askUntilPage(stage.gatewayUrl, newKey(), body));
    await payOnPage(url, "three_ds_abandoned");
    await skip(id, DAY_MS + HOUR_MS);
    await untilMandate(id, { state: "waiting_for_customer" });
    const [payment] = (await booksOf(body))[0]?.payments ?? [];
    await stage.sandbox.control.settlePayment(payment?.paymentId ?? "", { outcome: "succeed" });
    await untilMandate(id, { state: "active" });
    expect(await booksOf(body)).toMatchObject([{ status: "active", collectedMinor: 1_500 }]);
  });

  const CREATE = { method: "POST", route: "/checkouts" } as const;
  // The last: checkouts that were made, and whose page nobody has.
  const faults: readonly (readonly [string, readonly RequestFaultInput[], number])[] = [
    ["no connection", [{ kind: "drop_before", ...CREATE }], 0],
    ["a lost answer", [{ kind: "drop_after", ...CREATE }], 1],
    ["an error before it was made", [{ kind: "error_before", ...CREATE }], 0],
    ["an error after it was made", [{ kind: "error_after", status: 503, ...CREATE }], 1],
    ["an answer that never comes", [{ kind: "hang_after", ms: 20_000, ...CREATE }], 1],
    ["an answer too late to be read", [{ kind: "slow", ms: 6_000, ...CREATE }], 1],
    [
      "too many requests",
      [{ kind: "refuse", code: "TOO_MANY_REQUESTS", status: 429, ...CREATE }],
      0,
    ],
    [
      "one thing after another",
      [
        { kind: "drop_after", ...CREATE },
        { kind: "error_after", ...CREATE },
        { kind: "drop_before", ...CREATE },
      ],
      2,
    ],
  ];
  test.each(faults)("gives out one page after %s", async (_what, given, unseen) => {
    const key = newKey();
    const body = await wanted({ mandate_only: false, amount: 1_500 });
    for (const fault of given) await stage.sandbox.control.addFault(fault);
    const pages = new Set<unknown>();
    await until(
      async () => {
        const answer = await askMandate(stage.gatewayUrl, key, body);
        expect(answer.status).toBeOneOf([202, 503]);
        pages.add(answer.body["checkout_url"] ?? null);
        return typeof answer.body["checkout_url"] === "string";
      },
      { what: "the page", timeoutMs: 30_000 },
    );
    pages.add((await askUntilPage(stage.gatewayUrl, key, body)).body["checkout_url"]);
    pages.delete(null);
    expect(pages.size).toBe(1);
    const [url] = [...pages];
    await payOnPage(String(url));
    const { checkout_url: shown, subscription_id: subscriptionId } = await untilMandate(
      String((await askMandate(stage.gatewayUrl, key, body)).body["mandate_id"]),
      { state: "active" },
    );
    expect(shown).toBe(url);
    // Of checkouts whose page nobody has, nothing can come.
    await until(async () => (await booksOf(body)).length === 1 + unseen, { what: "all of them" });
    const books = await booksOf(body);
    expect(books.filter(({ status }) => status !== "pending")).toMatchObject([
      { subscriptionId, status: "active", succeeded: 1, collectedMinor: 1_500 },
    ]);
  });

  test("that Dodo could not make within a day is given up, and says so each time", async () => {
    await stage.sandbox.control.addFault({ kind: "error_before", times: 10_000, ...CREATE });
    const key = newKey();
    const body = await wanted();
    const { id } = checkoutOf(await askMandate(stage.gatewayUrl, key, body));
    await skip(id, DAY_MS + HOUR_MS);
    await untilMandate(id, { state: "refused", refusal: "not_made" });
    await stage.sandbox.control.clearFaults();
    for (let time = 0; time < 2; time += 1) {
      const answer = await askMandate(stage.gatewayUrl, key, body);
      expect(answer).toMatchObject({ status: 409, body: { code: "not_made" } });
    }
    expect(await booksOf(body)).toEqual([]);
  }, 60_000);

  test("that Dodo refuses is refused by name, each time, and asked of Dodo once", async () => {
    const key = newKey();
    const body = await wanted({ customer: { customer_id: `cus_${randomUUID()}` } });
    for (let time = 0; time < 2; time += 1) {
      const answer = await askUntilPage(stage.gatewayUrl, key, body);
      expect(answer).toMatchObject({ status: 422, body: { code: "refused_by_dodo" } });
      expect(answer.body["detail"]).toContain("NOT_FOUND (HTTP 404)");
    }
    const requests = await stage.sandbox.control.requests();
    const asked = requests.filter(({ method, path }) => `${method} ${path}` === "POST /checkouts");
    expect(asked.filter(({ refusal }) => refusal === "NOT_FOUND")).toHaveLength(1);
  });

  test("with another body under the same key is refused, open or ended", async () => {
    const key = newKey();
    const body = await wanted({ metadata: { a: "1", b: "2" } });
    const first = await askUntilPage(stage.gatewayUrl, key, body);
    const other = { ...body, metadata: { a: "1" } };
    const reused = { status: 422, body: { code: "idempotency_key_reused" } };
    expect(await askMandate(stage.gatewayUrl, key, other)).toMatchObject(reused);
    await payOnPage(checkoutOf(first).url);
    await untilMandate(checkoutOf(first).id, { state: "active" });
    expect(await askMandate(stage.gatewayUrl, key, other)).toMatchObject(reused);
    const reordered = { ...body, metadata: { b: "2", a: "1" } };
    expect((await askMandate(stage.gatewayUrl, key, reordered)).body).toEqual(first.body);
    expect(await booksOf(body)).toHaveLength(1);
  });

  test("that Temporal has forgotten is found at Dodo: no second checkout is made", async () => {
    const body = await wanted({ mandate_only: false, amount: 1_500 });
    const { id, url } = checkoutOf(await askUntilPage(stage.gatewayUrl, newKey(), body));
    await payOnPage(url);
    const { subscription_id: subscriptionId } = await untilMandate(id, { state: "active" });
    const { customer_id: customerId } = body["customer"] as { customer_id: string };
    const asked: RequestedMandate = {
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
    // As after a restored backup: the same key starts its workflow anew.
    const again = await stage.client.workflow.execute("mandateSetup", {
      workflowId: id,
      workflowIdReusePolicy: "ALLOW_DUPLICATE",
      taskQueue: stage.taskQueue,
      args: [{ mandate: asked, by: "anna" }],
    });
    expect(again).toMatchObject({ state: "active", subscriptionId, checkoutUrl: null });
    expect(await booksOf(body)).toHaveLength(1);
  });

  test("leaves nobody's name or address in Temporal", async () => {
    const body = await wanted();
    const { id, url } = checkoutOf(await askUntilPage(stage.gatewayUrl, newKey(), body));
    await payOnPage(url);
    await untilMandate(id, { state: "active" });
    const history = await stage.client.workflow.getHandle(id).fetchHistory();
    const payloads = JSON.stringify(historyToJSON(history)).replaceAll(
      /[A-Za-z0-9+/=]{16,}/g,
      (text) => Buffer.from(text, "base64").toString("utf8"),
    );
    expect(payloads).toContain("mandate.active");
    expect(payloads).not.toMatch(/lovelace|Test Buyer|Elm St|62701/i);
  });

  test("that nobody has asked for is not found", async () => {
    for (const id of ["mandate-1", `mandate-${"0".repeat(64)}`]) {
      const answer = await askApi(stage.gatewayUrl, `/v1/mandates/${id}`);
      expect(answer).toMatchObject({ status: 404, body: { code: "no_mandate" } });
    }
  });
});

test("in shadow mode a mandate is refused, and Dodo is asked for nothing", async () => {
  const shadow = await openStage({ mode: "shadow" });
  try {
    const body = await wanted({}, shadow);
    const answer = await askUntilPage(shadow.gatewayUrl, newKey(), body);
    expect(answer).toMatchObject({ status: 409, body: { code: "shadow" } });
    expect(await shadow.sandbox.control.requests()).toEqual([]);
  } finally {
    await shadow.close();
  }
});
