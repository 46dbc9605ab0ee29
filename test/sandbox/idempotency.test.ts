import { describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { SettingsPatch } from "../../sandbox/settings.ts";
import { until, withTimeEnough } from "../support/until.ts";
import { setUpSandbox } from "./support.ts";

const ROUTE = { method: "POST", route: "/subscriptions/:id/charge" } as const;

type Answer = { readonly status: number; readonly body: { readonly [field: string]: unknown } };

/** A charge as HTTP carries it. */
async function charge(
  { url, apiKey }: Sandbox,
  subscriptionId: string,
  key: string,
  price = 2_900,
  now = Date.now(),
): Promise<Answer> {
  const response = await fetch(`${url}/subscriptions/${subscriptionId}/charge`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${apiKey}`,
      "content-type": "application/json",
      "idempotency-key": key,
      "x-sandbox-now": String(now),
    },
    body: JSON.stringify({ product_price: price }),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

async function setUp(settings: SettingsPatch): Promise<{
  readonly send: (price?: number, now?: number) => Promise<Answer>;
  readonly control: Sandbox["control"];
  readonly payments: () => Promise<number>;
}> {
  const { sandbox, control } = await setUpSandbox({
    settings: { pendingGuard: "off", ...settings },
  });
  const { subscriptionId } = await control.createSubscription();
  return {
    send: (price, now) => charge(sandbox, subscriptionId, "pay_1.2", price, now),
    control,
    payments: async () => (await control.ledgerOf(subscriptionId)).payments.length,
  };
}

describe("the header Idempotency-Key of a charge", () => {
  test("is ignored by default: the second request charges again", async () => {
    const { send, control, payments } = await setUp({});
    expect([(await send()).status, (await send()).status]).toEqual([200, 200]);
    expect(await payments()).toBe(2);
    const requests = await control.requests();
    expect(requests.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["pay_1.2", "pay_1.2"]);
  });

  test("is honoured if the account does: the second request gets the first one's payment", async () => {
    const { send, payments } = await setUp({ idempotencyKeys: "honoured" });
    const first = await send();
    expect(await send()).toEqual(first);
    expect(await payments()).toBe(1);
  });

  test("brings the payment to light after the answer was lost", async () => {
    const { send, control, payments } = await setUp({ idempotencyKeys: "honoured" });
    await control.addFault({ kind: "drop_after", ...ROUTE });
    await expect(send()).rejects.toThrow("fetch failed");
    expect((await send()).body["payment_id"]).toMatch(/^pay_/);
    expect(await payments()).toBe(1);
  });

  test.each([429, 500, 503])(
    "replays a stored HTTP %i, until the stored answer expires",
    async (status) => {
      const { send, control, payments } = await setUp({
        idempotencyKeys: "honoured",
        idempotencyStores: "every_answer",
        idempotencyTtlMs: 60_000,
      });
      const code = status === 429 ? "TOO_MANY_REQUESTS" : "INTERNAL_SERVER_ERROR";
      await control.addFault({ kind: "refuse", code, status, ...ROUTE });
      const now = Date.now();
      const answers = [await send(2_900, now), await send(2_900, now), await send(2_900, now)];
      expect(answers.map((one) => one.status)).toEqual([status, status, status]);
      expect(await payments()).toBe(0);
      expect((await send(2_900, now + 60_000)).status).toBe(200);
    },
  );

  test("does not replay an error of an account that stores successes only", async () => {
    const { send, control } = await setUp({ idempotencyKeys: "honoured" });
    await control.addFault({ kind: "refuse", code: "TOO_MANY_REQUESTS", ...ROUTE });
    expect([(await send()).status, (await send()).status]).toEqual([429, 200]);
  });

  test("is refused with another body", async () => {
    const { send, payments } = await setUp({ idempotencyKeys: "honoured" });
    await send();
    expect(await send(1_000)).toMatchObject({
      status: 422,
      body: { code: "IDEMPOTENCY_KEY_REUSED" },
    });
    expect(await payments()).toBe(1);
  });

  test("is answered 409 while the first request is being processed", async () => {
    await withTimeEnough(async (ms) => {
      const { send, control, payments } = await setUp({ idempotencyKeys: "honoured" });
      await control.addFault({ kind: "slow", ms, ...ROUTE });
      const first = send();
      await until(async () => (await control.requests()).length === 1, { what: "the request" });
      const second = await send();
      expect((await first).status).toBe(200);
      expect(await payments()).toBe(1);
      // The first was answered already.
      if (second.status === 200) return null;
      expect(second).toMatchObject({
        status: 409,
        body: { code: "IDEMPOTENCY_KEY_IN_PROGRESS" },
      });
      return second;
    });
  });
});

test("every answer names its request in the header x-request-id", async () => {
  const { sandbox, control } = await setUpSandbox();
  const id = async (path: string): Promise<string | null> =>
    (await fetch(`${sandbox.url}${path}`)).headers.get("x-request-id");
  const ids = [await id("/payments"), await id("/nothing")];
  expect(ids).toEqual((await control.requests()).map(({ requestId }) => requestId));
});
