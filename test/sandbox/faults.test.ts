import { APIConnectionError, APIError, APIUserAbortError, InternalServerError } from "dodopayments";
import { describe, expect, test } from "vitest";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { TEST_LIMIT_MS } from "../support/limits.ts";
import { until, withTimeEnough } from "../support/until.ts";
import {
  apiErrorOf,
  errorOf,
  leaveOnceReceived,
  sdk,
  setUpSandbox,
  untilEnded,
} from "./support.ts";

const ROUTE = { method: "POST", route: "/subscriptions/:id/charge" } as const;
const PRICE = { product_price: 2_900 };

describe("request faults", () => {
  test("a fault before the request takes effect leaves no payment", async () => {
    const setup = await setUpSandbox();
    const { control, dodo } = setup;
    const { subscriptionId } = await control.createSubscription();
    await control.addFault({ kind: "drop_before", ...ROUTE });
    await control.addFault({ kind: "error_before", status: 503, ...ROUTE });
    await control.addFault({ kind: "hang_before", ms: 60_000, ...ROUTE });
    await expect(dodo.subscriptions.charge(subscriptionId, PRICE)).rejects.toThrow(
      APIConnectionError,
    );
    await expect(dodo.subscriptions.charge(subscriptionId, PRICE)).rejects.toThrow(
      InternalServerError,
    );
    await leaveOnceReceived(setup, (client, options) =>
      client.subscriptions.charge(subscriptionId, PRICE, options),
    );
    expect((await control.ledgerOf(subscriptionId)).payments).toEqual([]);
  });

  test("a fault after the request takes effect leaves a payment whose id the client never receives", async () => {
    const setup = await setUpSandbox();
    const { control, dodo } = setup;
    const charge = async (kind: "drop_after" | "error_after"): Promise<string> => {
      const { subscriptionId } = await control.createSubscription();
      await control.addFault({ kind, subscriptionId });
      await expect(dodo.subscriptions.charge(subscriptionId, PRICE)).rejects.toThrow(APIError);
      return subscriptionId;
    };
    for (const id of [await charge("drop_after"), await charge("error_after")]) {
      expect((await control.ledgerOf(id)).payments).toHaveLength(1);
    }
    const { subscriptionId } = await control.createSubscription();
    await control.addFault({ kind: "hang_after", ms: 60_000, subscriptionId });
    await leaveOnceReceived(setup, (client, options) =>
      client.subscriptions.charge(subscriptionId, PRICE, options),
    );
    const { payments } = await control.ledgerOf(subscriptionId);
    const [request] = await control.requests({ subscriptionId });
    expect(request?.paymentId).toBe(payments[0]?.paymentId);
  });

  test("a slow request takes effect even after the client disconnects", async () => {
    const setup = await setUpSandbox();
    const { control } = setup;
    const subscriptionId = await withTimeEnough(async (ms) => {
      const created = await control.createSubscription();
      await control.addFault({ kind: "slow", ms, ...ROUTE });
      const hasLeft = await leaveOnceReceived(setup, (client, options) =>
        client.subscriptions.charge(created.subscriptionId, PRICE, options),
      ).then(
        () => true,
        () => false,
      );
      const { payments } = await control.ledgerOf(created.subscriptionId);
      return hasLeft && payments.length === 0 ? created.subscriptionId : null;
    });
    await until(async () => (await control.ledgerOf(subscriptionId)).succeeded === 1);
  });

  test("a refusing fault answers with its status and code", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription();
    await control.addFault({ kind: "refuse", code: "MERCHANT_NOT_LIVE", status: 403 });
    await control.addFault({ kind: "refuse", code: "TOO_MANY_REQUESTS" });
    const charge = (): Promise<unknown> => dodo.subscriptions.charge(subscriptionId, PRICE);
    expect(await apiErrorOf(charge())).toBe("403 MERCHANT_NOT_LIVE");
    expect(await apiErrorOf(charge())).toBe("429 TOO_MANY_REQUESTS");
    await charge();
  });

  test("a fault selects requests by method, route and subscription, and others pass", async () => {
    const { control, dodo } = await setUpSandbox();
    const one = await control.createSubscription();
    const other = await control.createSubscription();
    const { subscriptionId } = one;
    await control.addFault({ kind: "error_before", ...ROUTE, subscriptionId, times: 2 });
    await dodo.subscriptions.charge(other.subscriptionId, PRICE);
    await dodo.subscriptions.retrieve(subscriptionId);
    await dodo.payments.list({ subscription_id: subscriptionId });
    expect((await control.faults()).faults).toMatchObject([{ times: 2 }]);
    const charge = (): Promise<unknown> => dodo.subscriptions.charge(subscriptionId, PRICE);
    expect(await apiErrorOf(charge())).toBe("500 INTERNAL_SERVER_ERROR");
    expect(await apiErrorOf(charge())).toBe("500 INTERNAL_SERVER_ERROR");
    await charge();
    expect((await control.faults()).faults).toEqual([]);
  });

  test("a fault can skip the first matching requests", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription();
    await control.addFault({
      kind: "error_before",
      route: "/subscriptions/:subscription_id",
      skip: 1,
    });
    await dodo.subscriptions.retrieve(subscriptionId);
    expect(await apiErrorOf(dodo.subscriptions.retrieve(subscriptionId))).toMatch(/^500/);
  });

  test("requests pass again once the faults are cleared", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription();
    await control.addFault({ kind: "drop_before", times: 100 });
    await control.clearFaults();
    expect((await dodo.subscriptions.retrieve(subscriptionId)).status).toBe("active");
  });
});

describe("the SDK's own retries", () => {
  test("the SDK charges three times after lost answers if pendingGuard is off", async () => {
    const { sandbox, control } = await setUpSandbox({ settings: { pendingGuard: "off" } });
    const { subscriptionId } = await control.createSubscription();
    await control.addFault({ kind: "drop_after", ...ROUTE, times: 3 });
    const careless = sdk(sandbox, { maxRetries: 2 });
    await expect(careless.subscriptions.charge(subscriptionId, PRICE)).rejects.toThrow(
      APIConnectionError,
    );
    const entry = await until(async () => {
      const found = await control.ledgerOf(subscriptionId);
      return found.open === 0 ? found : null;
    });
    expect(entry.payments).toHaveLength(3);
    expect(entry).toMatchObject({ succeeded: 3, collectedMinor: 8_700 });
  });

  test("the SDK charges twice despite the guard once the first payment has succeeded", async () => {
    const { sandbox, control } = await setUpSandbox({ settings: { settleMs: 0 } });
    const { subscriptionId } = await control.createSubscription();
    await control.addFault({ kind: "drop_after", ...ROUTE });
    await sdk(sandbox, { maxRetries: 2 }).subscriptions.charge(subscriptionId, PRICE);
    const entry = await until(async () => {
      const found = await control.ledgerOf(subscriptionId);
      return found.open === 0 ? found : null;
    });
    expect(entry.succeeded).toBe(2);
  });

  test("the guard refuses the SDK's retries while the first payment is pending", async () => {
    const { sandbox, control } = await setUpSandbox({ settings: { settleMs: 60_000 } });
    const { subscriptionId } = await control.createSubscription();
    await control.addFault({ kind: "drop_after", ...ROUTE });
    const charge = sdk(sandbox, { maxRetries: 2 }).subscriptions.charge(subscriptionId, PRICE);
    expect(await apiErrorOf(charge)).toBe("409 PREVIOUS_PAYMENT_PENDING");
    expect((await control.ledgerOf(subscriptionId)).payments).toHaveLength(1);
    expect(await control.requests({ subscriptionId })).toHaveLength(3);
  });
});

describe("the request log", () => {
  test("the request log shows which requests can change state, how they ended and what they created", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription();
    const { payment_id } = await dodo.subscriptions.charge(subscriptionId, PRICE);
    await untilEnded(dodo, payment_id);
    await control.addFault({ kind: "drop_after", ...ROUTE });
    await expect(dodo.subscriptions.charge(subscriptionId, PRICE)).rejects.toThrow(
      APIConnectionError,
    );
    const requests = await control.requests({ subscriptionId });
    const mutations = requests.filter(({ mutating }) => mutating);
    expect(mutations).toMatchObject([
      {
        method: "POST",
        path: `/subscriptions/${subscriptionId}/charge`,
        route: "/subscriptions/:subscription_id/charge",
        end: "answered",
        status: 200,
        paymentId: payment_id,
        fault: null,
      },
      { end: "dropped", status: null, fault: "drop_after" },
    ]);
    const reads = requests.filter(({ mutating }) => !mutating);
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.every(({ path }) => path === `/payments/${payment_id}`)).toBe(true);
  });

  test("the request log shows a client that disconnects before the answer", async () => {
    const { control, dodo } = await setUpSandbox();
    const { subscriptionId } = await control.createSubscription();
    await control.addFault({ kind: "hang_after", ms: 60_000, ...ROUTE });
    const leaving = new AbortController();
    const charge = dodo.subscriptions.charge(subscriptionId, PRICE, { signal: leaving.signal });
    const gone = errorOf(charge);
    const open = await until(async () => (await control.requests({ subscriptionId }))[0]);
    expect(open).toMatchObject({ end: "open", endedAt: null });
    leaving.abort();
    expect(await gone).toBeInstanceOf(APIUserAbortError);
    const closed = await until(async () => {
      const [request] = await control.requests({ subscriptionId });
      return request?.end === "client_closed" ? request : null;
    });
    expect(closed.endedAt).toBeGreaterThanOrEqual(closed.receivedAt);
    expect(closed.paymentId).not.toBeNull();
  });
});

test("closing the sandbox ends hanging requests at once", async () => {
  const sandbox = await startSandbox();
  const { subscriptionId } = await sandbox.control.createSubscription();
  await sandbox.control.addFault({ kind: "hang_before", ms: TEST_LIMIT_MS, ...ROUTE });
  const charge = sdk(sandbox).subscriptions.charge(subscriptionId, PRICE);
  const dropped = errorOf(charge);
  await until(async () => (await sandbox.control.requests({ subscriptionId })).length === 1);
  // Without it the request hangs for longer than this test may take.
  await sandbox.close();
  expect(await dropped).toBeInstanceOf(APIConnectionError);
});
