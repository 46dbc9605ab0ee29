import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { type SkipResult, skipTime } from "../../dev/temporal/skip-time.ts";
import type { Publication } from "../../domain/state/publication.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import type { DeliveryResult } from "../../workflows/delivery/webhook-delivery.ts";
import {
  deliveryResultOf,
  enqueueWebhooks,
  publicationOf,
} from "../support/merchant/publications.ts";
import {
  type Receiver,
  RECEIVER_KEY,
  startReceiver,
} from "../support/merchant/webhook-receiver.ts";
import { failedCharge } from "../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

let receiver: Receiver;
let system: TestSystem;

beforeAll(async () => {
  receiver = await startReceiver();
  system = await startTestSystem({ outgoingWebhook: { url: receiver.url, keys: [RECEIVER_KEY] } });
});
afterAll(async () => {
  await system.close();
  await receiver.close();
});
beforeEach(() => receiver.acceptAll());

const SOFT = { decline: "INSUFFICIENT_FUNDS" };

const failing = async (outcomes: readonly object[] = [SOFT]): Promise<string> =>
  await failedCharge(system, outcomes as never);

const deliveryId = (subscriptionId: string): string => `delivery-${subscriptionId}`;

async function skipDelivery(subscriptionId: string, durationMs: number): Promise<SkipResult> {
  const { nativeConnection } = system.environment;
  return await skipTime(nativeConnection, "default", deliveryId(subscriptionId), durationMs);
}

const resultOf = async (subscriptionId: string): Promise<DeliveryResult> =>
  await deliveryResultOf(system, subscriptionId);

const about = (subscriptionId: string): Receiver["received"] =>
  receiver.received.filter(({ data }) => data["subscription_id"] === subscriptionId);

const typesAbout = (subscriptionId: string): string[] =>
  about(subscriptionId).map(({ type }) => type);

async function enqueue(subscriptionId: string, ...numbers: readonly number[]): Promise<void> {
  const publication = (number: number): Publication =>
    publicationOf(subscriptionId, number, {
      id: `${subscriptionId}-${number}`,
      type: number === 1 ? "recovery.opened" : "recovery.attempt_failed",
      at: Date.now(),
      attempts: number,
    });
  await enqueueWebhooks(system, numbers.map(publication));
}

describe("outgoing webhooks", () => {
  test("a receiver that was down for a day gets the whole recovery in order, and the recovery does not wait", async () => {
    await receiver.down();
    const id = await failing([SOFT, SOFT]);
    await skipDelivery(id, DAY_MS);
    expect((await system.runToEnd(id)).outcome).toBe("recovered");
    expect(about(id)).toEqual([]);
    await receiver.up();
    await skipDelivery(id, DAY_MS);
    await until(() => about(id).length === 3, { what: "three webhooks" });
    expect(typesAbout(id)).toEqual([
      "recovery.opened",
      "recovery.attempt_failed",
      "recovery.recovered",
    ]);
    expect(new Set(about(id).map((one) => one.id)).size).toBe(3);
    expect(about(id).map(({ data }) => data["attempts"])).toEqual([1, 2, 3]);
    expect(await resultOf(id)).toEqual({ delivered: 3, givenUp: 0, missed: [] });
    expect(receiver.refused).toEqual([]);
  });

  test("a webhook whose answer was lost is delivered again under the same id", async () => {
    receiver.answers.next = [{ kind: "take_and_drop" }];
    const id = await failing();
    await skipDelivery(id, DAY_MS);
    await until(() => about(id).length === 2, { what: "the second copy" });
    const [first, second] = about(id);
    expect(second?.id).toBe(first?.id);
    expect(second?.body).toBe(first?.body);
  });

  test("a webhook that is enqueued twice is delivered once", async () => {
    receiver.answers.next = [{ kind: "answer", status: 500 }];
    await enqueue("sub_twice", 1, 2);
    await enqueue("sub_twice", 1, 2, 3);
    await skipDelivery("sub_twice", DAY_MS);
    await until(async () => (await resultOf("sub_twice")).delivered === 3, { what: "the end" });
    expect(about("sub_twice").map(({ id }) => id)).toEqual([
      "sub_twice-1",
      "sub_twice-1",
      "sub_twice-2",
      "sub_twice-3",
    ]);
  });

  test("webhooks stay in order while one of them fails repeatedly", async () => {
    const bad = { kind: "answer", status: 404 } as const;
    receiver.answers.next = [bad, bad, bad, bad];
    await enqueue("sub_patient", 1);
    await enqueue("sub_patient", 2);
    await skipDelivery("sub_patient", DAY_MS);
    await resultOf("sub_patient");
    const ids = about("sub_patient").map(({ id }) => id);
    expect(ids).toEqual([...Array<string>(5).fill("sub_patient-1"), "sub_patient-2"]);
  });
});

test("more webhooks than one run's history holds are delivered in order, each once", async () => {
  const count = Math.ceil(inject("longEvents") / 5.5);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  for (let first = 0; first < count; first += 50) {
    await enqueue("sub_long", ...numbers.slice(first, first + 50));
  }
  const { delivered } = await resultOf("sub_long");
  expect(delivered).toBe(count);
  expect(about("sub_long").map(({ id }) => id)).toEqual(numbers.map((one) => `sub_long-${one}`));
  const { raw } = await system.client.workflow.getHandle("delivery-sub_long").describe();
  const { execution, firstRunId } = raw.workflowExecutionInfo ?? {};
  expect(execution?.runId).not.toBe(firstRunId);
});

describe("a receiver that rejects webhooks", () => {
  test("a webhook is given up after five days, with a result and an alert to the operator", async () => {
    receiver.answers.others = { kind: "answer", status: 503 };
    await enqueue("sub_deaf", 1);
    await skipDelivery("sub_deaf", 4.9 * DAY_MS);
    const tries = about("sub_deaf").length;
    expect(tries).toBeGreaterThan(100);
    expect(tries).toBeLessThan(150);
    // A later webhook has five days of its own.
    await enqueue("sub_deaf", 2);
    await skipDelivery("sub_deaf", 2 * DAY_MS);
    receiver.answers.others = { kind: "answer", status: 200 };
    await skipDelivery("sub_deaf", DAY_MS);
    expect(await resultOf("sub_deaf")).toEqual({
      delivered: 1,
      givenUp: 1,
      missed: [{ id: "sub_deaf-1", type: "recovery.opened", why: "the receiver answered 503" }],
    });
    await until(() => system.mailsTo("operator@merchant.example").length === 1, {
      what: "the operator's mail",
    });
    const [mail] = system.inbox.mails.filter(({ to }) => to === "operator@merchant.example");
    expect(mail?.subject).toBe(
      "For your information: sub_deaf: a webhook to your system was given up",
    );
    expect(mail?.text).toContain("No recovery waits for your answer.");
    expect(mail?.text).toContain("sub_deaf-1");
  });

  test("webhooks are given up at once when the receiver answers 410", async () => {
    receiver.answers.others = { kind: "answer", status: 410 };
    await enqueue("sub_gone", 1, 2);
    const { delivered, givenUp } = await resultOf("sub_gone");
    expect({ delivered, givenUp }).toEqual({ delivered: 0, givenUp: 2 });
    expect(about("sub_gone")).toHaveLength(2);
  });
});
