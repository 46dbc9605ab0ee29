import { Client } from "@temporalio/client";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS } from "../../../domain/values/time.ts";
import { createLog } from "../../../platform/log.ts";
import { ensureSweepSchedule } from "../../../worker/schedules/sweep-schedule.ts";
import { SWEEP_SCHEDULE } from "../../../workflows/contract.ts";
import { type ApiAnswer, callApi } from "../../support/merchant/api.ts";
import { buildTestGateway } from "../../support/system/gateway.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { createNamespace, uniqueTaskQueue } from "../../support/temporal/connection.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});

afterAll(async () => {
  await system.close();
});

/** A recovery in the state `waiting`. */
async function waitingRecovery(): Promise<{ readonly id: string; readonly customerId: string }> {
  const { control } = system.sandbox;
  const { subscriptionId: id, customerId } = await control.createSubscription({
    onDemand: true,
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
  });
  await control.script(id, [{ decline: "INSUFFICIENT_FUNDS" }], "succeed");
  await control.charge(id);
  await until(async () => (await system.readView(id)).recovery.openedAt > 0, {
    what: "its recovery",
  });
  await system.skipTime(id, 60_000);
  await system.untilState(id, "waiting");
  return { id, customerId };
}

const get = async (path: string): Promise<ApiAnswer> => await callApi(system.gatewayUrl, path);
const act = async (id: string, action: string, body: object = {}): Promise<ApiAnswer> =>
  await callApi(system.gatewayUrl, `/v1/recoveries/${id}/${action}`, { body });

describe("operator API on a real Temporal server", () => {
  test("the API shows a recovery with its next step and its timeline, before and after its end", async () => {
    const { id, customerId } = await waitingRecovery();
    const { status, body } = await get(`/v1/recoveries/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      recovery_id: `recovery-${id}`,
      customer_id: customerId,
      state: "waiting",
      debt: { amount: 2_900, currency: "USD" },
      attempts: [{ number: 1, trigger: "charge", decline_code: "INSUFFICIENT_FUNDS" }],
      next: { what: expect.any(String) as unknown, at: expect.stringMatching(/Z$/) as unknown },
    });
    expect(body["timeline"]).toContainEqual(expect.objectContaining({ rule: "schedule.next" }));
    await system.runToEnd(id);
    const after = await get(`/v1/recoveries/${id}`);
    expect(after.body).toMatchObject({ state: "ended", ended: [{ outcome: "recovered" }] });
  });

  test("actions change a recovery, record the key's name, and are refused with a reason", async () => {
    const { id } = await waitingRecovery();
    expect(await act(id, "pause", { note: "requested by mail" })).toMatchObject({
      status: 200,
      body: { state: "paused" },
    });
    expect(await act(id, "pause")).toMatchObject({
      status: 409,
      body: { code: "not_applicable", detail: "the recovery is already paused" },
    });
    expect(await act(id, "resume")).toMatchObject({ status: 200, body: { state: "waiting" } });
    const written = await act(id, "write-off", { note: "bankrupt" });
    expect(written).toMatchObject({ status: 200, body: { state: "ended" } });
    expect(written.body["ended"]).toMatchObject([{ outcome: "written_off", who: "anna" }]);
    await system.handle(id).result();
    expect(await act(id, "resume")).toMatchObject({ status: 404, body: { code: "no_recovery" } });
    const reasons = (written.body["timeline"] as { reason: string }[]).map(({ reason }) => reason);
    expect(reasons.some((reason) => reason.includes("pause by anna: requested by mail"))).toBe(
      true,
    );
  });

  test("retry charges once, and a second retry is refused", async () => {
    const { id } = await waitingRecovery();
    expect(await act(id, "retry")).toMatchObject({ status: 200 });
    expect((await act(id, "retry")).status).toBeOneOf([404, 409]);
    await system.handle(id).result();
    expect((await system.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
  });

  test("a subscription without a recovery gets 404", async () => {
    const nowhere = `sub_${randomUUID()}`;
    expect(await get(`/v1/recoveries/${nowhere}`)).toMatchObject({ status: 404 });
    expect(await act(nowhere, "pause")).toMatchObject({
      status: 404,
      body: { code: "no_recovery" },
    });
  });

  test("the list filters by state, outcome and customer", async () => {
    const { id, customerId } = await waitingRecovery();
    const listed = async (query: string): Promise<unknown[]> => {
      const { body } = await get(`/v1/recoveries?customer_id=${customerId}${query}`);
      return body["recoveries"] as unknown[];
    };
    await until(async () => (await listed("&state=waiting")).length === 1, { what: "the index" });
    expect(await listed("&state=waiting")).toMatchObject([
      {
        subscription_id: id,
        decline_code: "INSUFFICIENT_FUNDS",
        amount_due: 2_900,
        closed_at: null,
      },
    ]);
    expect(await listed("&state=paused")).toEqual([]);
    await system.runToEnd(id);
    await until(async () => (await listed("&outcome=recovered")).length === 1, { what: "its end" });
    expect(await listed("&state=waiting")).toEqual([]);
  });

  test("the last page has no cursor, and a foreign cursor is refused", async () => {
    const { customerId } = await waitingRecovery();
    await until(
      async () => {
        const { body } = await get(`/v1/recoveries?customer_id=${customerId}`);
        return (body["recoveries"] as unknown[]).length === 1;
      },
      { what: "the index" },
    );
    const { body } = await get(`/v1/recoveries?customer_id=${customerId}`);
    expect(body["next_cursor"]).toBeNull();
    const wrong = await get("/v1/recoveries?cursor=bm9uc2Vuc2U");
    expect(wrong).toMatchObject({ status: 400, body: { code: "invalid_cursor" } });
  });

  test("POST /v1/sweep starts the sweep, and gets 409 before a worker has created its schedule", async () => {
    const { environment } = system;
    // A namespace has one sweep schedule, so this test needs a namespace of its own.
    const namespace = await createNamespace(environment);
    const client = new Client({ connection: environment.nativeConnection, namespace });
    const queue = uniqueTaskQueue();
    const gateway = buildTestGateway(environment, queue, undefined, undefined, client);
    const url = await gateway.listen({ host: "127.0.0.1", port: 0 });
    const sweep = async (): Promise<ApiAnswer> => await callApi(url, "/v1/sweep", { body: {} });
    expect(await sweep()).toMatchObject({ status: 409, body: { code: "no_schedule" } });
    const log = createLog("fatal", "worker");
    await ensureSweepSchedule(client, queue, "test_mode", log);
    expect(await sweep()).toMatchObject({ status: 202, body: { started: true } });
    await until(
      async () => {
        const { info } = await client.schedule.getHandle(SWEEP_SCHEDULE).describe();
        return info.recentActions.length + info.runningActions.length > 0;
      },
      { what: "the sweep" },
    );
    await gateway.close();
  });
});
