import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ADVICE_FIELDS, FIELDS, webhookBodyOf } from "../../activities/webhooks/body.ts";
import { createDeliveryActivities } from "../../activities/webhooks/delivery.ts";
import type { PublishedAdvice } from "../../domain/state/publication.ts";
import type { AttemptKey } from "../../domain/values/ids.ts";
import { publicationOf } from "../support/merchant/publications.ts";
import {
  type Receiver,
  RECEIVER_KEY,
  type ReceiverAnswer,
  startReceiver,
} from "../support/merchant/webhook-receiver.ts";
import { withTimeEnough } from "../support/until.ts";

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const publication = publicationOf("sub_1", 1, {
  id: "recovery-sub_1-1764075293000-1",
  at: Date.UTC(2026, 10, 25, 12),
  customerId: "cus_1",
  declineCode: "INSUFFICIENT_FUNDS",
  declineClass: "soft",
  nextAttemptAt: Date.UTC(2026, 10, 28, 12),
});

/** One try. A short `timeoutMs` is for a receiver that never answers: any other can be slow on a busy machine. */
async function deliver(
  keys: readonly string[] = [RECEIVER_KEY],
  url = receiver.url,
  timeoutMs?: number,
) {
  const activities = createDeliveryActivities(
    { outgoingWebhook: { url, keys }, enqueueDelivery: () => Promise.resolve(), fetch },
    timeoutMs,
  );
  await activities.deliverWebhook({ at: publication.at, publication });
}

describe("an outgoing webhook", () => {
  test("is a signed POST of JSON that `standardwebhooks` verifies", async () => {
    await deliver();
    expect(receiver.refused).toEqual([]);
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]).toMatchObject({
      id: "recovery-sub_1-1764075293000-1",
      path: "/reprise",
      type: "recovery.opened",
      timestamp: "2026-11-25T12:00:00.000Z",
      data: {
        recovery_id: "recovery-sub_1",
        subscription_id: "sub_1",
        customer_id: "cus_1",
        debt_id: "pay_1",
        state: "waiting",
        amount: 2_900,
        currency: "USD",
        decline_code: "INSUFFICIENT_FUNDS",
        decline_class: "soft",
        attempts: 1,
        next_attempt_at: "2026-11-28T12:00:00.000Z",
      },
    });
    expect(receiver.received[0]?.headers["content-type"]).toBe("application/json");
  });

  test("is signed with every key during a key rotation", async () => {
    const old = `whsec_${Buffer.alloc(24, 8).toString("base64")}`;
    await deliver([old, RECEIVER_KEY]);
    const [webhook] = receiver.received;
    expect(webhook?.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    expect(() =>
      new Webhook(old).verify(webhook?.body ?? "", webhook?.headers ?? {}),
    ).not.toThrow();
  });

  test("counts as undelivered if the receiver rejects its signature", async () => {
    const other = `whsec_${Buffer.alloc(24, 8).toString("base64")}`;
    await expect(deliver([other])).rejects.toThrow("answered 401");
    expect(receiver.refused).toHaveLength(1);
  });

  test("has the same id and body on each try", async () => {
    receiver.answers.next.push({ kind: "answer", status: 500 });
    await expect(deliver()).rejects.toThrow("answered 500");
    await deliver();
    const [first, second] = receiver.received;
    expect(second?.id).toBe(first?.id);
    expect(second?.body).toBe(first?.body);
  });

  test.each<[string, ReceiverAnswer, RegExp]>([
    ["an error of the receiver", { kind: "answer", status: 503 }, /answered 503/],
    ["a missing route", { kind: "answer", status: 404 }, /answered 404/],
    ["too many requests", { kind: "answer", status: 429 }, /answered 429/],
    ["a lost connection", { kind: "take_and_drop" }, /no answer \(UND_ERR_SOCKET\)/],
  ])("is retried after %s", async (_, answer, message) => {
    receiver.answers.next.push(answer);
    const error = await deliver().catch((one: unknown) => one);
    expect(error).toMatchObject({ message: expect.stringMatching(message), nonRetryable: false });
    expect(receiver.received).toHaveLength(1);
  });

  test("is retried after no answer, which the receiver got before the time-out", async () => {
    receiver.answers.others = { kind: "hang" };
    await withTimeEnough(async (timeoutMs) => {
      const error = await deliver([RECEIVER_KEY], receiver.url, timeoutMs).catch(
        (one: unknown) => one,
      );
      expect(error).toMatchObject({
        message: expect.stringMatching(/no answer in time/),
        nonRetryable: false,
      });
      return receiver.received.length > 0 ? true : null;
    });
  });

  test("does not follow a redirect, which would send the signed body elsewhere", async () => {
    const elsewhere = await startReceiver();
    const headers = { location: elsewhere.url };
    for (const status of [301, 302, 307, 308]) {
      receiver.answers.next.push({ kind: "answer", status, headers });
      await expect(deliver()).rejects.toThrow(`answered ${status}`);
    }
    expect([...elsewhere.received, ...elsewhere.refused]).toEqual([]);
    await elsewhere.close();
  });

  test("is not retried after HTTP 410", async () => {
    receiver.answers.next.push({ kind: "answer", status: 410 });
    await expect(deliver()).rejects.toMatchObject({ nonRetryable: true, type: "Gone" });
  });

  test.each([
    ["120", 120_000],
    ["0", 1_000],
    ["999999", 3_600_000],
    ["Wed, 25 Nov 2026 12:00:00 GMT", undefined],
  ])("is retried after Retry-After: %s, within an hour", async (value, delayMs) => {
    const headers = { "retry-after": value };
    receiver.answers.next.push({ kind: "answer", status: 503, headers });
    const error = await deliver().catch((one: unknown) => one);
    expect((error as { nextRetryDelay?: number }).nextRetryDelay).toBe(delayMs);
  });

  test("counts as delivered before the body of the answer ends", async () => {
    receiver.answers.next.push({ kind: "endless" });
    await deliver();
    expect(receiver.received).toHaveLength(1);
  });

  test("throws errors without the receiver's address, which may contain a secret", async () => {
    await receiver.down();
    const url = `${receiver.url}?secret=hush`;
    const error = await deliver([RECEIVER_KEY], url).catch((one: unknown) => one);
    expect(String((error as Error).message)).toBe("no answer (ECONNREFUSED)");
    expect(JSON.stringify(error)).not.toContain("hush");
  });
});

const ADVICE: PublishedAdvice = {
  action: "charge",
  at: 1_000,
  rule: "schedule.next",
  reason: "attempt 1 was declined",
  attemptKey: "pay_1.2" as AttemptKey,
  validUntil: 2_000,
  priceMinor: 2_900,
  notice: "retry_ahead",
};

test("the documented fields of an outgoing webhook match its body", () => {
  const whole = {
    ...publication,
    outcome: "recovered",
    by: "link",
    late: true,
    cause: "charge_blocked",
    advice: ADVICE,
  } as const;
  expect(Object.keys(webhookBodyOf(whole).data.advice ?? {}).toSorted()).toEqual(
    Object.keys(ADVICE_FIELDS).toSorted(),
  );
  expect(Object.keys(webhookBodyOf(whole).data).toSorted()).toEqual(Object.keys(FIELDS).toSorted());
  const bare = {
    ...publication,
    customerId: null,
    debtId: null,
    amountMinor: null,
    currency: null,
    declineCode: null,
    declineClass: null,
    nextAttemptAt: null,
  };
  const always = Object.entries(FIELDS).filter(([, { isAlways }]) => isAlways);
  expect(Object.keys(webhookBodyOf(bare).data).toSorted()).toEqual(
    always.map(([name]) => name).toSorted(),
  );
});
