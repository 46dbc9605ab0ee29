import { describe, expect, test } from "vitest";
import { createDodo } from "../../dodo/adapter/create-dodo.ts";
import { DodoError, type RefusedRequest } from "../../dodo/port.ts";
import { attemptKeyOf, debtIdOf, parseSubscriptionId } from "../../domain/values/ids.ts";
import { paymentIdOf } from "../support/domain/ids.ts";

describe("a refused charge", () => {
  const message = "Subscription of Ada Lovelace <ada@example.com> is not active";

  async function refusedCharge(
    answer: Response,
  ): Promise<{ readonly error: unknown; readonly reported: readonly RefusedRequest[] }> {
    const reported: RefusedRequest[] = [];
    const dodo = createDodo({
      apiKey: "key",
      environment: "test_mode",
      baseUrl: "http://dodo.example",
      requestTimeoutMs: 1_000,
      now: () => 0,
      fetch: async () => await Promise.resolve(answer),
      onRefusedRequest: (request) => reported.push(request),
    });
    const subscriptionId = parseSubscriptionId("sub_1");
    if (subscriptionId === null) throw new Error("not an id");
    const charge = dodo.charge({
      idempotencyKey: attemptKeyOf(debtIdOf(paymentIdOf("pay_1")), 2),
      subscriptionId,
      amountMinor: 100,
      currency: "USD",
      description: null,
      feesInclusive: null,
      credits: null,
      metadata: {},
    });
    return { error: await charge.catch((error: unknown) => error), reported };
  }

  test("is thrown with code, HTTP status and request id, and reported with the documented words", async () => {
    const { error, reported } = await refusedCharge(
      Response.json(
        { code: "SUBSCRIPTION_INACTIVE", message },
        { status: 422, headers: { "x-request-id": "req_7" } },
      ),
    );
    const answer = { code: "SUBSCRIPTION_INACTIVE", httpStatus: 422, requestId: "req_7" };
    expect(error).toBeInstanceOf(DodoError);
    expect((error as DodoError).failure).toMatchObject({ kind: "refused", ...answer });
    expect(reported).toEqual([
      {
        ...answer,
        method: "POST",
        path: "/subscriptions/sub_1/charge",
        said: "subscription of … is not active",
      },
    ]);
  });

  test.each([
    ["a code", Response.json({ code: "Ada Lovelace", message }, { status: 422 })],
    ["a message", Response.json({ code: "NOT_FOUND", message }, { status: 404 })],
    ["a body that is no JSON", new Response("Ada Lovelace ada@example.com", { status: 400 })],
    ["a server error", Response.json({ error: { message } }, { status: 500 })],
    [
      "a success that is no JSON",
      new Response("Ada Lovelace", { headers: { "content-type": "application/json" } }),
    ],
  ])("shows nothing of what %s says of a customer", async (_what, answer) => {
    const { error, reported } = await refusedCharge(answer);
    const { message: text, failure } = error as DodoError;
    expect(JSON.stringify([text, failure, reported])).not.toMatch(/ada/i);
  });
});
