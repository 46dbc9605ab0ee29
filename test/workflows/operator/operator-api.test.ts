import { Client } from "@temporalio/client";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS } from "../../../domain/values/time.ts";
import { createLog } from "../../../platform/log.ts";
import { ensureSweepSchedule } from "../../../worker/sweep-schedule.ts";
import { SWEEP_SCHEDULE } from "../../../workflows/contract.ts";
import { type Answer, askApi } from "../../support/merchant/api.ts";
import { buildTestGateway } from "../../support/system/gateway.ts";
import { openStage, type Stage } from "../../support/system/test-system.ts";
import { createNamespace, uniqueTaskQueue } from "../../support/temporal/connection.ts";
import { until } from "../../support/until.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(async () => {
  await stage.close();
});

/** A recovery that waits for its next attempt. */
async function waiting(): Promise<{ readonly id: string; readonly customerId: string }> {
  const { control } = stage.sandbox;
  const { subscriptionId: id, customerId } = await control.createSubscription({
    onDemand: true,
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
  });
  await control.script(id, [{ decline: "INSUFFICIENT_FUNDS" }], "succeed");
  await control.charge(id);
  await until(async () => (await stage.view(id)).recovery.openedAt > 0, { what: "its recovery" });
  await stage.skip(id, 60_000);
  await stage.untilState(id, "waiting");
  return { id, customerId };
}

const get = async (path: string): Promise<Answer> => await askApi(stage.gatewayUrl, path);
const act = async (id: string, action: string, body: object = {}): Promise<Answer> =>
  await askApi(stage.gatewayUrl, `/v1/recoveries/${id}/${action}`, { body });

describe("the operator API on a real Temporal server", () => {
  test("shows a recovery with its next step and what happened, before and after its end", async () => {
    const { id, customerId } = await waiting();
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
    await stage.play(id);
    const after = await get(`/v1/recoveries/${id}`);
    expect(after.body).toMatchObject({ state: "ended", ended: [{ outcome: "recovered" }] });
  });

  test("steers it, with the key's name in the record, and says why where it cannot", async () => {
    const { id } = await waiting();
    expect(await act(id, "pause", { note: "asked by mail" })).toMatchObject({
      status: 200,
      body: { state: "paused" },
    });
    expect(await act(id, "pause")).toMatchObject({
      status: 409,
      body: { code: "not_applicable", detail: "it is paused already" },
    });
    expect(await act(id, "resume")).toMatchObject({ status: 200, body: { state: "waiting" } });
    const written = await act(id, "write-off", { note: "bankrupt" });
    expect(written).toMatchObject({ status: 200, body: { state: "ended" } });
    expect(written.body["ended"]).toMatchObject([{ outcome: "written_off", who: "anna" }]);
    await stage.handle(id).result();
    expect(await act(id, "resume")).toMatchObject({ status: 404, body: { code: "no_recovery" } });
    const paused = (written.body["timeline"] as { reason: string }[]).map(({ reason }) => reason);
    expect(paused.some((reason) => reason.includes("pause by anna: asked by mail"))).toBe(true);
  });

  test("charges when told to, once; of a card that is barred, never", async () => {
    const { id } = await waiting();
    expect(await act(id, "retry")).toMatchObject({ status: 200 });
    expect((await act(id, "retry")).status).toBeOneOf([404, 409]);
    await stage.handle(id).result();
    expect((await stage.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
  });

  test("knows nothing of a subscription without a recovery", async () => {
    const nowhere = `sub_${randomUUID()}`;
    expect(await get(`/v1/recoveries/${nowhere}`)).toMatchObject({ status: 404 });
    expect(await act(nowhere, "pause")).toMatchObject({
      status: 404,
      body: { code: "no_recovery" },
    });
  });

  test("lists by state, outcome and customer", async () => {
    const { id, customerId } = await waiting();
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
    await stage.play(id);
    await until(async () => (await listed("&outcome=recovered")).length === 1, { what: "its end" });
    expect(await listed("&state=waiting")).toEqual([]);
  });

  test("turns pages to the end, and refuses a cursor that it did not give", async () => {
    const { customerId } = await waiting();
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

  test("starts the sweep; says so where a worker has not made its schedule yet", async () => {
    const { environment } = stage;
    // The schedule is one of a namespace.
    const namespace = await createNamespace(environment);
    const client = new Client({ connection: environment.nativeConnection, namespace });
    const queue = uniqueTaskQueue();
    const gateway = buildTestGateway(environment, queue, undefined, undefined, client);
    const url = await gateway.listen({ host: "127.0.0.1", port: 0 });
    const sweep = async (): Promise<Answer> => await askApi(url, "/v1/sweep", { body: {} });
    expect(await sweep()).toMatchObject({ status: 409, body: { code: "no_schedule" } });
    const log = createLog("fatal", "worker");
    await ensureSweepSchedule(client, queue, log);
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
