import { WorkflowNotFoundError } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ImportBody } from "../../domain/import/body.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import { callApi } from "../support/merchant/api.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

/** Dodo has no webhook endpoint: everything here happened before Reprise. */
let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem({
    settings: { webhookUrl: null },
    policy: { ...DEFAULT_POLICY, openingRereadMs: 200 },
  });
});

afterAll(async () => {
  await system.close();
});

type Subscription = Parameters<TestSystem["sandbox"]["control"]["createSubscription"]>[0];

async function failed(
  daysAgo: number,
  { code = "INSUFFICIENT_FUNDS", ...given }: Subscription & { readonly code?: string } = {},
): Promise<{ readonly id: string; readonly paymentId: string }> {
  const { control } = system.sandbox;
  const { subscriptionId: id } = await control.createSubscription({
    createdAt: new Date(Date.now() - 90 * DAY_MS).toISOString(),
    ...given,
  });
  const { paymentId } = await control.charge(id, {
    outcome: { decline: code, afterMs: 0 },
    createdAt: Date.now() - daysAgo * DAY_MS,
  });
  await until(async () => (await control.ledgerOf(id)).open === 0, { what: `the end of ${id}` });
  return { id, paymentId };
}

async function start(body: object): Promise<string> {
  const { status, body: answer } = await callApi(system.gatewayUrl, "/v1/imports", { body });
  expect({ status, answer }).toMatchObject({ status: 202 });
  return String(answer["import_id"]);
}

async function view(id: string, cursor = ""): Promise<ImportBody> {
  const query = cursor === "" ? "" : `?cursor=${cursor}`;
  const { body } = await callApi(system.gatewayUrl, `/v1/imports/${id}${query}`);
  return body as unknown as ImportBody;
}

const done = async (body: object): Promise<ImportBody> => {
  const id = await start(body);
  return await until(
    async () => {
      const shown = await view(id);
      return shown.state === "running" ? null : shown;
    },
    { what: `the end of ${id}` },
  );
};

describe("an import", () => {
  test("lists in a dry run what it would open, and why it leaves others out, and opens nothing", async () => {
    const young = await failed(2);
    const old = await failed(40);
    const optedOut = await failed(2, { metadata: { reprise: "off" } });
    const paid = await failed(20);
    await system.sandbox.control.charge(paid.id, { outcome: "succeed" });
    await until(async () => (await system.sandbox.control.ledgerOf(paid.id)).succeeded === 1, {
      what: "a payment",
    });
    const missing = "sub_missing";
    const ids = [young, old, optedOut, paid].map(({ id }) => id);
    const table = await done({ subscription_ids: [...ids, missing], dry_run: true });
    const rowOf = (id: string): object | undefined =>
      table.rows.find((row) => row.subscription_id === id);
    expect(rowOf(young.id)).toMatchObject({
      did: "would_open",
      debt: { debt_id: young.paymentId, decline_code: "INSUFFICIENT_FUNDS" },
    });
    expect(rowOf(old.id)).toMatchObject({ did: "would_open", debt: { charge_at: null } });
    expect(rowOf(optedOut.id)).toMatchObject({ did: "left_out", why: "opted_out" });
    expect(rowOf(paid.id)).toMatchObject({ did: "left_out", why: "paid_since" });
    expect(rowOf(missing)).toMatchObject({ did: "left_out", why: "not_found" });
    expect(table).toMatchObject({ state: "done", by: "anna", verified: true, judged: 5, opens: 2 });
    for (const id of ids)
      await expect(system.handle(id).describe()).rejects.toThrow(WorkflowNotFoundError);
  });
});
