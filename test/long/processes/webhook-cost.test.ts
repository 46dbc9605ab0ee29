import type { Client } from "@temporalio/client";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalStack } from "../../../dev/local-stack/local-stack.ts";
import type { Service } from "../../../dev/local-stack/services.ts";
import { debtIdOf, parsePaymentId, parseSubscriptionId } from "../../../domain/values/ids.ts";
import { signLink } from "../../../platform/link-token.ts";
import { callApi } from "../../support/merchant/api.ts";
import { peakMegabytes, residentMegabytes } from "../../support/process-memory.ts";
import { OPERATOR_KEYS } from "../../support/system/gateway.ts";
import {
  operatorKeysOf,
  type ProcessStack,
  startProcessStack,
} from "../../support/system/process-stack.ts";
import { until } from "../../support/until.ts";
import { paymentFailed, signWebhook } from "../../support/webhooks.ts";

let client: Client;
let processes: ProcessStack;
let stack: LocalStack;
let gateway: Service;

beforeAll(async () => {
  processes = await startProcessStack("webhook-cost", {
    ownNamespace: true,
    operatorKeys: operatorKeysOf(OPERATOR_KEYS),
    // The test sends the webhooks itself.
    sandbox: { settings: { webhookUrl: null } },
  });
  ({ stack, client } = processes);
  await stack.startWorker("1");
  gateway = await stack.startGateway("1");
});

afterAll(async () => {
  await processes.close();
});

/** A failed payment of these subscriptions, as one signed webhook. @param id the same for a redelivery */
async function deliver(
  subscriptionIds: readonly string[],
  id = `msg_${randomUUID()}`,
): Promise<number> {
  const data = { payment_id: `pay_of_${subscriptionIds.length}`, subscription_id: null };
  const event = paymentFailed("sub_1", { ...data, subscription_ids: subscriptionIds });
  const key = stack.env.gateway["DODO_PAYMENTS_WEBHOOK_KEY"] ?? "";
  const { body, headers } = signWebhook(JSON.stringify(event), { key, id });
  const url = `${stack.gatewayUrl}/webhooks/dodo`;
  const response = await fetch(url, { method: "POST", headers, body });
  await response.text();
  return response.status;
}

const idsUpTo = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, at) => `sub_${prefix}_${at}`);

/** Of a debt that no recovery knows: the page says that nothing is owed. */
function payPage(): string {
  const [key = ""] = (stack.env.gateway["LINK_SIGNING_KEYS"] ?? "").split(",");
  const claim = {
    subscriptionId: parseSubscriptionId("sub_none") ?? ("" as never),
    debtId: debtIdOf(parsePaymentId("pay_none") ?? ("" as never)),
    expiresAt: Date.now() + 3_600_000,
  };
  return `/pay/${signLink({ keys: [Buffer.from(key, "base64")] }, claim)}`;
}

async function timed(call: Promise<{ readonly status: number }>) {
  const startedAt = performance.now();
  const { status } = await call;
  return { status, tookMs: Math.round(performance.now() - startedAt) };
}

const isOpen = async (subscriptionId: string): Promise<boolean> =>
  await client.workflow
    .getHandle(`recovery-${subscriptionId}`)
    .describe()
    .then(
      () => true,
      () => false,
    );

describe("a webhook about a payment for many subscriptions", () => {
  test("with 5,000 or 20,000 of them is acknowledged, opens nothing, and costs the gateway little memory and no other answer", async () => {
    const { control } = stack.sandbox;
    const { subscriptionId } = await control.createSubscription({ onDemand: true });
    await control.charge(subscriptionId, { outcome: { decline: "INSUFFICIENT_FUNDS" } });
    const before = residentMegabytes(gateway.pid);
    for (const count of [5_000, 20_000]) {
      const delivered = deliver([subscriptionId, ...idsUpTo(count - 1, "many")]);
      const [api, page] = await Promise.all([
        timed(callApi(stack.gatewayUrl, "/v1/recoveries")),
        timed(fetch(`${stack.gatewayUrl}${payPage()}`)),
      ]);
      const answer = { status: await delivered, count };
      const grown = peakMegabytes(gateway.pid) - before;
      expect(answer).toEqual({ status: 200, count });
      console.log(
        `${count} ids: /v1 took ${api.tookMs} ms, /pay ${page.tookMs} ms, memory grew by ${grown} MB`,
      );
      expect([api.status, page.status]).toEqual([200, 200]);
      expect(Math.max(api.tookMs, page.tookMs)).toBeLessThan(3_000);
      expect(grown).toBeLessThan(150);
    }
    expect(await isOpen("sub_many_0")).toBe(false);
    expect(readFileSync(gateway.logFile, "utf8")).toContain('"event":"webhook_too_large"');
    const mail = await until(
      () => stack.inbox.mails.find(({ to }) => to.includes("operator@shop.example")),
      { what: "the mail to the operator" },
    );
    expect(mail.subject).toContain("a payment for too many subscriptions");
    expect(mail.text).toContain("pay_of_5000");
    await callApi(stack.gatewayUrl, "/v1/sweep", { body: {} });
    await until(async () => await isOpen(subscriptionId), { what: "the recovery by the sweep" });
  });

  test("with 100 of them signals each recovery, with its own id alone", async () => {
    const ids = idsUpTo(100, "hundred");
    // On a slow machine a delivery may run out of time; the next one continues it.
    await until(async () => (await deliver(ids, "msg_hundred")) === 200, { what: "200" });
    for (const id of ids) expect(await isOpen(id), id).toBe(true);
    const { events } = await client.workflow.getHandle("recovery-sub_hundred_7").fetchHistory();
    const signal = events?.find((event) => event.workflowExecutionSignaledEventAttributes);
    const [payload] = signal?.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [];
    const text = Buffer.from(payload?.data ?? []).toString();
    expect(JSON.parse(text)).toMatchObject({
      payment: { subscriptionIds: ["sub_hundred_7"], isMultiSubscription: true },
    });
    expect(text.length).toBeLessThan(2_000);
  });
});
