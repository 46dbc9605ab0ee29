import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skipTime } from "../../dev/temporal/skip-time.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { DAY_MS, HOUR_MS } from "../../domain/values/time.ts";
import {
  callApi,
  requestChargeUntilDecided,
  requestMandateUntilPage,
} from "../support/merchant/api.ts";
import { mandateBody } from "../support/merchant/mandate.ts";
import { placeOrder, workflowOf } from "../support/merchant/order.ts";
import {
  type Receiver,
  RECEIVER_KEY,
  startReceiver,
} from "../support/merchant/webhook-receiver.ts";
import { type Line, recordedLog } from "../support/logs/lines.ts";
import { failedCharge, scriptedSubscription } from "../support/system/failed-charge.ts";
import { startImport } from "../support/merchant/imports.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

const SOFT = { decline: "INSUFFICIENT_FUNDS" };
const POLICY = { ...DEFAULT_POLICY, openingRereadMs: 300, oneTimePayments: "notify" } as const;

const recorded = recordedLog();
const cancelling = new Set<string>();
let receiver: Receiver;
let system: TestSystem;

beforeAll(async () => {
  receiver = await startReceiver();
  system = await startTestSystem({
    log: recorded.log,
    policy: POLICY,
    policyOf: (id) => (cancelling.has(id) ? { ...POLICY, onExhausted: "cancel" } : POLICY),
    outgoingWebhook: { url: receiver.url, keys: [RECEIVER_KEY] },
  });
});

afterAll(async () => {
  await system.close();
  await receiver.close();
});

/** Lines that this id is in, as `grep` finds them. */
const linesWith = (id: string): readonly Line[] =>
  recorded.lines.filter((line) => JSON.stringify(line).includes(id));

const eventsWith = (id: string): readonly string[] => linesWith(id).map(({ event }) => event);

async function untilLine(id: string, event: string, more: object = {}): Promise<Line> {
  return await until(
    () =>
      linesWith(id).find(
        (line) =>
          line.event === event &&
          Object.entries(more).every(([name, value]) => line[name] === value),
      ),
    { what: `${event} of ${id}` },
  );
}

/** Whether the events come in this order, with others between them. */
function inOrder(id: string, wanted: readonly string[]): void {
  let from = 0;
  const found = eventsWith(id);
  for (const event of wanted) {
    const at = found.indexOf(event, from);
    expect(at, `${event} after line ${from} of ${found.join(", ")}`).toBeGreaterThanOrEqual(from);
    from = at + 1;
  }
}

describe("the log", () => {
  test("tells a recovery by its id, from the webhook to the thank-you", async () => {
    const id = await failedCharge(system, [SOFT]);
    const { outcome } = await system.runToEnd(id);
    expect(outcome).toBe("recovered");
    await untilLine(id, "notice_finished", { notice: "recovered" });
    inOrder(`recovery-${id}`, [
      "webhook_routed",
      "decided",
      "notice_finished",
      "charge_sent",
      "dodo_answered",
      "charge_finished",
      "decided",
      "notice_finished",
    ]);
    const sent = await untilLine(id, "charge_sent");
    expect(sent).toMatchObject({ amountMinor: 2_900, currency: "USD", number: 2, via: "charge" });
    // The attempt's key and Dodo's request lead from one line to the other.
    const finished = await untilLine(id, "charge_finished");
    expect(finished).toMatchObject({ result: "accepted", attempt: sent["attempt"] });
    const answered = await untilLine(id, "dodo_answered", {
      route: "POST /subscriptions/{subscription_id}/charge",
    });
    const requests = await system.sandbox.control.requests();
    expect(requests.map(({ requestId }) => requestId)).toContain(answered["requestId"]);
    // A webhook's id leads to the decision that it caused.
    const routed = await untilLine(id, "webhook_routed");
    expect(eventsWith(String(routed["webhookId"]))).toEqual(["webhook_routed", "decided"]);
  });

  test("tells an operator's action by the request's id, with who asked and what came of it", async () => {
    const id = await failedCharge(system, [SOFT]);
    const act = async (): Promise<string> => {
      const answer = await callApi(system.gatewayUrl, `/v1/recoveries/${id}/pause`, { body: {} });
      return answer.headers.get("x-request-id") ?? "";
    };
    const first = await act();
    const done = await untilLine(first, "operator_action");
    const subject = { recoveryId: `recovery-${id}`, subscriptionId: id };
    const pause = { by: "anna", action: "recoveries/pause", ...subject };
    expect(done).toMatchObject({ ...pause, status: 200, result: "done" });
    expect(await untilLine(first, "decided")).toMatchObject({ by: "anna", action: "pause" });
    const refused = await untilLine(await act(), "operator_action");
    expect(refused).toMatchObject({ ...pause, status: 409, result: "not_applicable" });
    const headers = { authorization: "Bearer wrong" };
    const stranger = await callApi(system.gatewayUrl, "/v1/sweep", { body: {}, headers });
    const requestId = stranger.headers.get("x-request-id") ?? "";
    await untilLine(requestId, "operator_key_refused");
    expect(eventsWith(requestId)).toEqual(["operator_key_refused"]);
    const nonsense = `/v1/recoveries/${id}/${encodeURIComponent("ada@example.com")}`;
    const unknown = await callApi(system.gatewayUrl, nonsense, { body: {} });
    const line = await untilLine(unknown.headers.get("x-request-id") ?? "", "operator_action");
    expect(line).toMatchObject({ action: "recoveries", result: "invalid_request", status: 422 });
  });

  test("tells the stop of all charges and its end, by name", async () => {
    const post = async (path: string, body: object): Promise<string> =>
      (await callApi(system.gatewayUrl, path, { body })).headers.get("x-request-id") ?? "";
    const stop = await post("/v1/charging/stop", { reason: "a drill for ada@example.com" });
    expect(await untilLine(stop, "charging_stopped")).toMatchObject({ by: "anna" });
    const resume = await post("/v1/charging/resume", {});
    expect(await untilLine(resume, "charging_resumed")).toMatchObject({ by: "anna" });
    inOrder(stop, ["charging_stopped", "operator_action"]);
    expect(linesWith("a drill")).toEqual([]);
  });

  test("tells what the customer asked for on the page, and what Dodo made of it", async () => {
    const email = "presses@example.com";
    const id = await failedCharge(system, [{ decline: "EXPIRED_CARD" }], { email });
    const mail = await until(() => system.inbox.mails.find(({ to }) => to.includes(email)));
    const link = /http\S+\/pay\/\S+/.exec(mail.text)?.[0] ?? "";
    const { headers } = await fetch(link, { method: "POST", redirect: "manual" });
    const requested = await untilLine(id, "payment_link_requested", { result: "page" });
    inOrder(`recovery-${id}`, ["payment_link_finished", "payment_link_requested"]);
    const made = await untilLine(id, "payment_link_finished");
    expect(made).toMatchObject({ result: "made" });
    const list = /<(.*)>/.exec(mail.headers["list-unsubscribe"] ?? "")?.[1] ?? "";
    await fetch(list, { method: "POST", body: new URLSearchParams() });
    await untilLine(id, "reminders_stop_requested", { isStopped: true });
    // Neither Dodo's page nor ours: who has the address can pay, and see what is owed.
    for (const secret of [headers.get("location") ?? "", link.split("/pay/")[1] ?? ""]) {
      expect(secret).not.toBe("");
      expect(linesWith(secret)).toEqual([]);
    }
    expect(requested["requestId"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("tells each try of a mail and of an outgoing webhook", async () => {
    receiver.answers.next = [{ kind: "answer", status: 500 }];
    system.inbox.refusals.data = { status: 451, code: "4.3.0" };
    const id = await failedCharge(system, [{ decline: "EXPIRED_CARD" }]);
    await untilLine(id, "notice_failed");
    delete system.inbox.refusals.data;
    await system.skipTime(id, HOUR_MS);
    await untilLine(id, "notice_finished", { result: "sent" });
    await untilLine(id, "outgoing_webhooks_enqueued");
    const failed = await untilLine(id, "outgoing_webhook_failed", { isFinal: false });
    const { nativeConnection } = system.environment;
    await skipTime(nativeConnection, "default", `delivery-${id}`, HOUR_MS);
    const same = { deliveryId: failed["deliveryId"] };
    const delivered = await untilLine(id, "outgoing_webhook_delivered", same);
    expect(delivered).toMatchObject({ type: "recovery.opened", recoveryId: `recovery-${id}` });
  });

  test("tells what Dodo refuses and leaves unanswered, with the recovery that asked", async () => {
    const { control } = system.sandbox;
    const id = await failedCharge(system, [SOFT]);
    const of = { subscriptionId: id, route: "/subscriptions/:id/charge" };
    await control.addFault({ kind: "drop_after", ...of, times: 1 });
    await system.skipTime(id, 4 * DAY_MS);
    await untilLine(`recovery-${id}`, "charge_finished", { result: "unknown" });
    await untilLine(`recovery-${id}`, "dodo_unanswered");
    const refused = await failedCharge(system, [SOFT]);
    const route = "/subscriptions/:id/charge";
    const code = "INVALID_REQUEST_PARAMETERS";
    await control.addFault({ kind: "refuse", code, subscriptionId: refused, route, times: 1 });
    await system.skipTime(refused, 4 * DAY_MS);
    const line = await untilLine(`recovery-${refused}`, "dodo_refused");
    expect(await untilLine(String(line["requestId"]), "charge_finished")).toMatchObject({
      code: line["code"],
      httpStatus: line["httpStatus"],
    });
  });

  test("tells the cancellation at the end of an unpaid window", async () => {
    const { control } = system.sandbox;
    const id = await scriptedSubscription(
      control,
      Array.from({ length: 6 }, () => SOFT),
    );
    cancelling.add(id);
    await control.charge(id);
    await until(async () => await system.readView(id), { what: "its recovery" });
    await system.runToEnd(id);
    await untilLine(id, "cancel_finished", { result: "cancelled" });
    inOrder(`recovery-${id}`, ["charge_finished", "charge_finished", "cancel_finished", "decided"]);
  });

  test("tells what the operator was notified of, and the mail", async () => {
    const id = await failedCharge(system, [{ decline: "INVALID_AMOUNT" }]);
    const notified = await untilLine(`recovery-${id}`, "operator_notified");
    expect(notified).toMatchObject({ cause: "merchant_code", detail: "INVALID_AMOUNT" });
    await untilLine("merchant_code", "operator_mail_sent");
  });

  test("tells a requested charge by its id, from the operator's request on", async () => {
    const id = await scriptedSubscription(system.sandbox.control, []);
    const body = { amount: 1_900, metadata: { note: "for ada@example.com" } };
    const answer = await requestChargeUntilDecided(system.gatewayUrl, id, randomUUID(), body);
    const chargeId = String(answer.body["charge_id"]);
    const asked = await untilLine(chargeId, "operator_action");
    expect(asked).toMatchObject({ action: "subscriptions/charges", status: 202, by: "anna" });
    const submitted = await untilLine(chargeId, "charge_request_submitted");
    expect(submitted).toMatchObject({ recoveryId: `recovery-${id}`, result: "submitted" });
  });

  test("tells a requested mandate by its id", async () => {
    const { customerId } = await system.sandbox.control.createCustomer({});
    const body = mandateBody(customerId);
    const answer = await requestMandateUntilPage(system.gatewayUrl, randomUUID(), body);
    const mandateId = String(answer.body["mandate_id"]);
    const created = await untilLine(mandateId, "mandate_checkout_finished");
    expect(created).toMatchObject({ result: "created" });
    await untilLine(mandateId, "operator_action", { action: "subscriptions" });
    inOrder(mandateId, ["mandate_decided", "dodo_answered", "mandate_checkout_finished"]);
  });

  test("tells a one-time payment by its id", async () => {
    const order = await placeOrder(system, { outcome: SOFT });
    await until(async () => await system.client.workflow.getHandle(workflowOf(order)).describe());
    const { nativeConnection } = system.environment;
    system.inbox.refusals.data = { status: 451, code: "4.3.0" };
    const skipped = skipTime(nativeConnection, "default", workflowOf(order), 2 * HOUR_MS);
    await untilLine(order.paymentId, "checkout_notice_failed");
    delete system.inbox.refusals.data;
    await skipped;
    await untilLine(order.paymentId, "checkout_notice_finished", { result: "sent" });
    inOrder(order.paymentId, ["webhook_routed", "checkout_decided"]);
  });

  test("tells a sweep by its workflow, and what it opened", async () => {
    const { control } = system.sandbox;
    await control.setSettings({ webhookUrl: null });
    const id = await scriptedSubscription(control, [SOFT]);
    await control.charge(id);
    await until(async () => (await control.ledgerOf(id)).status === "on_hold");
    await control.setSettings({ webhookUrl: `${system.gatewayUrl}/webhooks/dodo` });
    const workflowId = `sweep-${randomUUID()}`;
    const { taskQueue } = system;
    await system.client.workflow.execute("reconciliationSweep", {
      taskQueue,
      workflowId,
      args: [],
    });
    inOrder(workflowId, ["sweep_started", "swept"]);
    expect((await untilLine(id, "swept"))["opened"]).toContain(id);
  });

  test("tells an import by its id, and what it left out", async () => {
    const id = "sub_of_nobody";
    const importId = await startImport(system.gatewayUrl, { subscription_ids: [id] });
    const line = await untilLine(importId, "imported");
    expect(line).toMatchObject({ subscriptionId: id, result: "left_out", why: "not_found" });
  });

  test("has only lines of the table, and no person in any", () => {
    expect(recorded.faults).toEqual([]);
    expect(linesWith("@example.com")).toEqual([]);
  });
});
