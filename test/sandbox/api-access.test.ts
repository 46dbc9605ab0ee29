import { AuthenticationError, PermissionDeniedError } from "dodopayments";
import { describe, expect, test } from "vitest";
import { until, withTimeEnough } from "../support/until.ts";
import { apiErrorOf, sdk, setUpSandbox } from "./support.ts";

describe("the API key", () => {
  test("a wrong API key is unauthorized", async () => {
    const { sandbox } = await setUpSandbox();
    const read = sdk(sandbox, { bearerToken: "dodo_test_other" }).payments.list();
    await expect(read).rejects.toThrow(AuthenticationError);
    const again = sdk(sandbox, { bearerToken: "dodo_test_other" }).payments.list();
    expect(await apiErrorOf(again.then((page) => page))).toBe("401 UNAUTHORIZED");
  });

  test("a read-only key cannot charge", async () => {
    const { control, dodo } = await setUpSandbox({ settings: { readOnlyKey: true } });
    const { subscriptionId } = await control.createSubscription();
    expect((await dodo.subscriptions.retrieve(subscriptionId)).status).toBe("active");
    const charge = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    await expect(charge).rejects.toThrow(PermissionDeniedError);
    expect((await control.ledgerOf(subscriptionId)).payments).toEqual([]);
  });

  test("the API key can change while the sandbox runs", async () => {
    const { control, dodo } = await setUpSandbox();
    await control.setSettings({ apiKey: "dodo_test_new" });
    expect(await apiErrorOf(dodo.webhooks.list().then((page) => page))).toBe("401 UNAUTHORIZED");
  });
});

describe("the rate limit", () => {
  test("the rate limit is off by default", async () => {
    const setup = await setUpSandbox();
    const reads = Array.from({ length: 60 }, () => setup.dodo.webhooks.list());
    expect(await Promise.all(reads)).toHaveLength(60);
  });

  test("the rate limit per second refuses the excess and reports what is left", async () => {
    const { sandbox, dodo } = await setUpSandbox({
      settings: { rateLimit: { perSecond: 3, perMinute: 240, windowScale: 60 } },
    });
    const headers = { authorization: `Bearer ${sandbox.apiKey}` };
    const left: (string | null)[] = [];
    for (let read = 0; read < 3; read += 1) {
      const response = await fetch(`${sandbox.url}/webhooks`, { headers });
      left.push(response.headers.get("x-ratelimit-remaining"));
      expect(response.headers.get("x-ratelimit-limit")).toBe("3");
      expect(Number(response.headers.get("x-ratelimit-reset"))).toBeGreaterThan(0);
    }
    expect(left).toEqual(["2", "1", "0"]);
    expect(await apiErrorOf(dodo.webhooks.list().then((page) => page))).toBe(
      "429 TOO_MANY_REQUESTS",
    );
  });

  test("the rate limit per minute lasts until the minute has passed", async () => {
    await withTimeEnough(async (minuteMs) => {
      const windowScale = minuteMs / 60_000;
      const { dodo } = await setUpSandbox({
        settings: { rateLimit: { perSecond: 1_000_000, perMinute: 2, windowScale } },
      });
      const startedAt = performance.now();
      await dodo.webhooks.list();
      await dodo.webhooks.list();
      const third = await dodo.webhooks.list().catch((error: unknown) => error);
      if (performance.now() - startedAt >= minuteMs) return null;
      expect(third).toMatchObject({ status: 429, error: { code: "TOO_MANY_REQUESTS" } });
      return await until(async () => {
        try {
          return await dodo.webhooks.list();
        } catch {
          return null;
        }
      });
    });
  });

  test("the rate limit refuses a charge before it creates a payment", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription();
    await control.setSettings({ rateLimit: { perSecond: 1, perMinute: 1 } });
    await dodo.subscriptions.retrieve(subscriptionId);
    const charge = dodo.subscriptions.charge(subscriptionId, { product_price: 100 });
    expect(await apiErrorOf(charge)).toBe("429 TOO_MANY_REQUESTS");
    expect((await control.ledgerOf(subscriptionId)).payments).toEqual([]);
  });
});
