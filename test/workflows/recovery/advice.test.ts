import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { adviceWebhookSchema } from "../../../dev/docs/webhooks/advice-schema.ts";
import { skipTime } from "../../../dev/temporal/skip-time.ts";
import type { Publication } from "../../../domain/state/publication.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from "../../../domain/values/time.ts";
import type { DeliveryResult } from "../../../workflows/delivery/webhook-delivery.ts";
import { type CommandResult, operatorEnv, reprise } from "../../support/command-line.ts";
import {
  deliveryResultOf,
  enqueueWebhooks,
  publicationOf,
} from "../../support/merchant/publications.ts";
import {
  type Receiver,
  RECEIVER_KEY,
  startReceiver,
} from "../../support/merchant/webhook-receiver.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let receiver: Receiver;
let system: TestSystem;

beforeAll(async () => {
  receiver = await startReceiver();
  system = await startTestSystem({
    mode: "advise",
    outgoingWebhook: { url: receiver.url, keys: [RECEIVER_KEY] },
  });
});
afterAll(async () => {
  await system.close();
  await receiver.close();
});
beforeEach(() => receiver.acceptAll());

const SOFT = { decline: "INSUFFICIENT_FUNDS" };

type Told = {
  readonly id: string;
  readonly action: string;
  readonly attempt_key: string | null;
  readonly notice?: string;
};

const adviceAbout = (subscriptionId: string): Told[] =>
  receiver.received
    .filter(({ data }) => data["subscription_id"] === subscriptionId)
    .map(({ id, data }) => ({ id, ...(data["advice"] as Omit<Told, "id">) }));

const told = (subscriptionId: string): string[] =>
  adviceAbout(subscriptionId).map(({ action, attempt_key, notice }) =>
    [action, attempt_key, notice].filter((part) => part != null).join(" "),
  );

const run = async (...args: readonly string[]): Promise<CommandResult> =>
  await reprise(args, { env: operatorEnv(system.gatewayUrl) });

/** Skips the delivery's time to its end. */
async function skipDelivery(subscriptionId: string, durationMs: number): Promise<void> {
  const { nativeConnection } = system.environment;
  await skipTime(nativeConnection, "default", `delivery-${subscriptionId}`, durationMs);
}

describe("a recovery in advise mode", () => {
  test("advises by webhook, takes the merchant's charge with the key as its attempt, and sends nothing itself", async () => {
    const id = await failedCharge(system, [SOFT, SOFT]);
    await until(() => adviceAbout(id).length > 0, { what: "the first advice" });
    const [first] = adviceAbout(id);
    expect(first?.action).toBe("charge");
    const key = first?.attempt_key ?? "";
    await system.skipTime(id, 3 * DAY_MS);
    await system.sandbox.control.charge(id, { metadata: { recovery_attempt: key } });
    await until(() => told(id).filter((one) => one.startsWith("charge")).length === 2, {
      what: "the next attempt's advice",
    });
    const next = adviceAbout(id).findLast(({ action }) => action === "charge")?.attempt_key ?? "";
    expect(next).toBe(key.replace(/\.2$/, ".3"));
    // The sandbox's clock does not skip: the second charge was made on day 0, too.
    await system.skipTime(id, 4 * DAY_MS);
    await system.sandbox.control.charge(id, { metadata: { recovery_attempt: next } });
    await until(() => told(id).includes("stop"), { what: "the advice to stop" });
    const result = await system.runToEnd(id);
    expect(result).toMatchObject({ outcome: "recovered", by: "attempt" });
    expect(result.debts[0]?.attempts.map(({ number }) => number)).toEqual([1, 2, 3]);
    await until(() => told(id).at(-1) === "notify_customer recovered", { what: "the last advice" });
    // Whether there was time to announce the last attempt depends on the second that the test began in.
    const lasting = told(id).filter((one) => one !== "notify_customer retry_ahead");
    expect(lasting).toEqual([
      `charge ${key}`,
      "notify_customer payment_failed",
      `charge ${next}`,
      "stop",
      "stop",
      "notify_customer recovered",
    ]);
    for (const { body } of receiver.received) {
      expect(adviceWebhookSchema.safeParse(JSON.parse(body)).error).toBeUndefined();
    }
    expect(system.inbox.mails).toEqual([]);
    const shown = await run("show", id);
    expect(shown.out).toContain("(advise mode)");
  });

  test("advises within five seconds of the decision", async () => {
    const id = await failedCharge(system, [SOFT]);
    await until(() => adviceAbout(id).length > 0, { what: "the first advice" });
    const before = Date.now();
    await run("pause", id);
    await until(() => told(id).at(-1) === "wait", { what: "the advice to wait" });
    expect(Date.now() - before).toBeLessThan(5_000);
  });
});

describe("advice that is delivered once more", () => {
  test("is refused with 409 once a newer decision has overtaken it, and sent while it is in force", async () => {
    const id = await failedCharge(system, [SOFT]);
    await until(() => adviceAbout(id).length > 0, { what: "the first advice" });
    const [charge] = adviceAbout(id);
    await until(
      async () => (await run("webhooks", "list", "--subscription", id)).out.includes("delivered"),
      { what: "its delivery" },
    );
    const again = await run("webhooks", "redeliver", charge?.id ?? "");
    expect(again).toMatchObject({ code: 0 });
    await until(() => adviceAbout(id).length === 2, { what: "the same advice" });
    await run("pause", id);
    await until(() => told(id).at(-1) === "wait", { what: "the advice to wait" });
    const refused = await run("webhooks", "redeliver", charge?.id ?? "", "--json");
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("advice_overtaken");
  });
});

const advice = (
  subscriptionId: string,
  number: number,
  given: Pick<NonNullable<Publication["advice"]>, "action" | "validUntil">,
): Publication =>
  publicationOf(subscriptionId, number, {
    type: "recovery.advice",
    at: Date.now(),
    advice: { at: null, rule: "schedule.next", reason: "", attemptKey: null, ...given },
  });

const enqueue = async (...publications: readonly Publication[]): Promise<void> =>
  await enqueueWebhooks(system, publications);

const resultOf = async (subscriptionId: string): Promise<DeliveryResult> =>
  await deliveryResultOf(system, subscriptionId);

const inAnHour = (): Instant => Date.now() + HOUR_MS;

describe("the delivery of advice", () => {
  test("leaves out what newer advice has overtaken while the receiver was down", async () => {
    receiver.answers.others = { kind: "answer", status: 503 };
    const id = "sub_overtaken";
    await enqueue(advice(id, 1, { action: "charge", validUntil: inAnHour() }));
    await until(() => adviceAbout(id).length > 0, { what: "the first try" });
    await enqueue(
      advice(id, 2, { action: "notify_customer", validUntil: inAnHour() }),
      advice(id, 3, { action: "wait", validUntil: null }),
    );
    await until(() => told(id).includes("wait"), { what: "the newest advice" });
    receiver.answers.others = { kind: "answer", status: 204 };
    await skipDelivery(id, HOUR_MS);
    expect(await resultOf(id)).toEqual({ delivered: 1, givenUp: 0, missed: [], overtaken: 2 });
    expect(told(id)).not.toContain("notify_customer");
    expect(told(id).lastIndexOf("charge")).toBeLessThan(told(id).indexOf("wait"));
    const { out } = await run("webhooks", "list", "--subscription", id, "--json");
    const { deliveries } = JSON.parse(out) as { deliveries: readonly { readonly state: string }[] };
    expect(deliveries.map(({ state }) => state)).toEqual(["delivered", "overtaken", "overtaken"]);
  });

  test("keeps a notice that a new time of the attempt does not overtake", async () => {
    receiver.answers.next = [{ kind: "answer", status: 503 }];
    const id = "sub_kept";
    await enqueue(
      advice(id, 1, { action: "charge", validUntil: inAnHour() }),
      advice(id, 2, { action: "notify_customer", validUntil: inAnHour() }),
      advice(id, 3, { action: "charge", validUntil: inAnHour() }),
    );
    await skipDelivery(id, MINUTE_MS);
    await resultOf(id);
    expect(
      new Set(
        adviceAbout(id)
          .slice(-2)
          .map(({ action }) => action),
      ),
    ).toEqual(new Set(["notify_customer", "charge"]));
  });

  test("is abandoned with an alert once the advice is no longer valid", async () => {
    receiver.answers.others = { kind: "answer", status: 503 };
    const id = "sub_expired";
    await enqueue(advice(id, 1, { action: "charge", validUntil: inAnHour() }));
    await skipDelivery(id, 2 * HOUR_MS);
    expect(await resultOf(id)).toMatchObject({ delivered: 0, givenUp: 1 });
    const tries = adviceAbout(id).length;
    await until(() => system.mailsTo("operator@merchant.example").length > 0, {
      what: "the operator's mail",
    });
    expect(adviceAbout(id)).toHaveLength(tries);
  });
});
