import { beforeAll, describe, expect, test } from "vitest";
import { decide } from "../../domain/decide.ts";
import type { DomainEvent } from "../../domain/event.ts";
import {
  effectIdOf,
  parsePaymentId,
  parseSubscriptionId,
  type EffectId,
} from "../../domain/ids.ts";
import type { Evidence, Payment, Subscription } from "../../domain/payment.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { RECOVERY_STATES, type Recovery, type RecoveryState } from "../../domain/recovery.ts";
import { RULES } from "../../domain/rules.ts";
import type { Instant } from "../../domain/time.ts";
import { AUTHORIZED_AT, DAY_0, DAY_MS, story } from "../support/story.ts";

/** `observing` comes with scheduled subscriptions. */
const REACHABLE = RECOVERY_STATES.filter((state) => state !== "observing");

const IN_FORCE = { policy: DEFAULT_POLICY, mode: "act" } as const;

const STATUSES = [
  "succeeded",
  "failed",
  "cancelled",
  "processing",
  "requires_customer_action",
  "requires_payment_method",
  "requires_merchant_action",
  "requires_confirmation",
  "requires_capture",
  "partially_captured",
  "partially_captured_and_capturable",
  "a_new_status",
  null,
];
const SUBSCRIPTION_STATUSES = [
  "pending",
  "active",
  "on_hold",
  "paused",
  "cancelled",
  "failed",
  "expired",
  "past_due",
  "a_new_status",
  null,
];

function payment(given: Partial<Payment>): Payment {
  return {
    paymentId: parsePaymentId("pay_foreign") ?? ("" as never),
    subscriptionIds: ["sub_1"],
    status: "failed",
    createdAt: DAY_0 + DAY_MS,
    totalMinor: 2_900,
    taxMinor: 0,
    currency: "USD",
    declineCode: null,
    retryAttempt: 0,
    isMethodUpdate: false,
    isMultiSubscription: false,
    methodId: "pm_1",
    attemptKey: null,
    debtKey: null,
    ...given,
  };
}

function subscription(given: Partial<Subscription>): Subscription {
  return {
    subscriptionId: parseSubscriptionId("sub_1") ?? ("" as never),
    status: "on_hold",
    onDemand: true,
    createdAt: AUTHORIZED_AT,
    currency: "USD",
    taxInclusive: false,
    customerId: "cus_1",
    methodId: "pm_1",
    pausedAt: null,
    cancelAtNextBillingDate: false,
    debtKey: null,
    optedOut: false,
    ...given,
  };
}

/** Every event the world can produce, in every status, for the effect given. */
function eventsFor(recovery: Recovery): DomainEvent[] {
  const effectIds = [...Object.keys(recovery.pending), effectIdOf(999)] as EffectId[];
  const key = recovery.debt === null ? null : (`${recovery.debt.id}.2` as never);
  const payments = STATUSES.flatMap((status) => [
    payment({ status }),
    payment({ status, attemptKey: key, paymentId: "pay_2" as never }),
    payment({ status, isMethodUpdate: true }),
    payment({ status, isMultiSubscription: true, subscriptionIds: ["sub_1", "sub_2"] }),
    payment({ status, totalMinor: 0 }),
    payment({ status, declineCode: "STOLEN_CARD", currency: "EUR" }),
  ]);
  const reads = SUBSCRIPTION_STATUSES.flatMap((status) =>
    [[], payments.slice(0, 3), payments.slice(6, 9), payments].map((some): Evidence => ({
      readAt: DAY_0 + 2 * DAY_MS,
      subscription: subscription({ status }),
      payments: some,
      since: DAY_0,
      endedDebts: [],
      barredMethods: [],
    })),
  );
  return [
    { kind: "timer_fired" },
    { kind: "cancel_requested" },
    { kind: "a_newer_gateways_event" } as unknown as DomainEvent,
    ...payments.map((one): DomainEvent => ({
      kind: "payment_reported",
      webhookId: "m",
      type: "payment.x",
      payment: one,
    })),
    ...SUBSCRIPTION_STATUSES.map((status): DomainEvent => ({
      kind: "subscription_reported",
      webhookId: "m",
      type: "subscription.updated",
      status,
    })),
    {
      kind: "dodo_dunning_reported",
      webhookId: "m",
      type: "dunning.started",
      status: "recovering",
    },
    ...commands().map((command): DomainEvent => ({ kind: "command", commandId: "c", command })),
    ...effectIds.flatMap((effectId): DomainEvent[] => [
      ...reads.map((evidence): DomainEvent => ({
        kind: "read_finished",
        effectId,
        outcome: { kind: "read", evidence },
      })),
      ...outcomes(effectId),
    ]),
  ];
}

function commands(): Extract<DomainEvent, { kind: "command" }>["command"][] {
  const operator = { by: "anna", note: "" };
  return [
    { action: "pause", ...operator },
    { action: "resume", ...operator },
    { action: "retry_now", ...operator, confirmedAbsent: false },
    { action: "retry_now", ...operator, confirmedAbsent: true },
    { action: "mark_paid", ...operator },
    { action: "write_off", ...operator },
    { action: "create_payment_link", debtId: null },
    { action: "create_payment_link", debtId: "pay_other" },
  ];
}

function outcomes(effectId: EffectId): DomainEvent[] {
  const why = [
    "payment_exists",
    "status_changed",
    "method_barred",
    "opted_out",
    "stale",
    "overdue",
    "rate_limited",
    "payment_pending",
    "unreachable",
    "unauthorized",
    "not_found",
    "withdrawn",
    "shadow",
  ] as const;
  return [
    {
      kind: "read_finished",
      effectId,
      outcome: { kind: "refused", code: "UNAUTHORIZED", httpStatus: 401 },
    },
    {
      kind: "read_finished",
      effectId,
      outcome: { kind: "refused", code: "NOT_FOUND", httpStatus: 404 },
    },
    {
      kind: "charge_finished",
      effectId,
      outcome: { kind: "accepted", paymentId: "pay_2" as never, adopted: false },
    },
    { kind: "charge_finished", effectId, outcome: { kind: "unknown", detail: "", leftBy: DAY_0 } },
    ...["SUBSCRIPTION_INACTIVE", "SUBSCRIPTION_EXPIRED", "A_NEW_CODE"].map((code): DomainEvent => ({
      kind: "charge_finished",
      effectId,
      outcome: { kind: "refused", code, httpStatus: 422 },
    })),
    ...why.map((one): DomainEvent => ({
      kind: "charge_finished",
      effectId,
      outcome: { kind: "not_attempted", why: one, detail: "" },
    })),
    { kind: "notice_finished", effectId, outcome: { kind: "sent", messageId: "m" } },
    { kind: "notice_finished", effectId, outcome: { kind: "not_sent", why: "paid" } },
    { kind: "notice_finished", effectId, outcome: { kind: "undeliverable", detail: "550" } },
    {
      kind: "link_finished",
      effectId,
      outcome: { kind: "made", url: "https://x", paymentId: null, expiresAt: null },
    },
    { kind: "link_finished", effectId, outcome: { kind: "not_made", why: "paid" } },
    { kind: "link_finished", effectId, outcome: { kind: "refused", code: "X", httpStatus: 401 } },
    { kind: "link_finished", effectId, outcome: { kind: "unknown", detail: "" } },
    { kind: "cancel_finished", effectId, outcome: { kind: "cancelled" } },
    { kind: "cancel_finished", effectId, outcome: { kind: "not_cancelled", why: "paid" } },
    { kind: "cancel_finished", effectId, outcome: { kind: "refused", code: "X" } },
    { kind: "operator_told", effectId, delivered: true },
    { kind: "effect_failed", effectId, detail: "" },
  ];
}

/** Recoveries as they stand after each decision of stories that reach every state. */
async function samples(): Promise<Map<RecoveryState, { recovery: Recovery; at: Instant }[]>> {
  const found = new Map<RecoveryState, { recovery: Recovery; at: Instant }[]>();
  const tell = async (
    code: string,
    act: (told: ReturnType<typeof story>) => Promise<void>,
  ): Promise<void> => {
    const told = story();
    told.dodo.merchantCharges({ kind: "decline", code });
    await told.until(0, 60_000);
    await act(told);
    for (const { recovery, at } of told.world.decisions) {
      const list = found.get(recovery.state) ?? [];
      if (list.length < 40) found.set(recovery.state, [...list, { recovery, at }]);
    }
  };
  await tell("INSUFFICIENT_FUNDS", (told) => told.untilOver());
  await tell("STOLEN_CARD", async (told) => {
    told.world.command({ action: "create_payment_link", debtId: null });
    await told.until(1);
    told.world.command({ action: "pause", by: "anna", note: "" });
    await told.until(2);
    told.world.command({ action: "resume", by: "anna", note: "" });
    await told.untilOver();
  });
  await tell("INSUFFICIENT_FUNDS", async (told) => {
    told.dodo.faults.push({ kind: "timeout_before" });
    await told.until(3, 3_600_000);
    told.world.command({ action: "write_off", by: "anna", note: "" });
    await told.untilOver();
  });
  await tell("INVALID_AMOUNT", (told) => told.until(3));
  return found;
}

describe("the matrix of states and events", () => {
  let found: Awaited<ReturnType<typeof samples>>;
  beforeAll(async () => {
    found = await samples();
  });

  test.each(REACHABLE)("in %s every event gets a lawful decision with a reason", (state) => {
    const list = found.get(state) ?? [];
    expect(list.length, "samples").toBeGreaterThan(0);
    for (const { recovery, at } of list) {
      for (const event of eventsFor(recovery)) {
        const decision = decide(recovery, event, IN_FORCE, at + 1);
        const told = `${state} × ${JSON.stringify(event).slice(0, 200)}`;
        expect(decision.reason, told).not.toBe("");
        expect(RULES, told).toHaveProperty([decision.rule]);
        expect(decision.wakeAt ?? Number.POSITIVE_INFINITY, told).toBeGreaterThan(at + 1);
        expect(JSON.parse(JSON.stringify(decision)), told).toEqual(decision);
        const starts = decision.effects.filter(({ kind }) => kind === "charge").length;
        const barred = recovery.paid !== null;
        expect(starts, told).toBeLessThanOrEqual(barred ? 0 : 1);
        const replies = decision.effects.filter(
          (effect) => effect.kind === "reply" && effect.commandId === "c",
        ).length;
        if (event.kind === "command" && event.command.action !== "create_payment_link")
          expect(replies, told).toBe(1);
      }
    }
  });

  test("decides the same for the same, and changes nothing it is given", () => {
    const sample = found.get("waiting")?.[0];
    if (sample === undefined) throw new Error("no sample");
    const before = JSON.stringify(sample.recovery);
    const event: DomainEvent = { kind: "timer_fired" };
    const at = sample.at + 10 * DAY_MS;
    expect(decide(sample.recovery, event, IN_FORCE, at)).toEqual(
      decide(sample.recovery, event, IN_FORCE, at),
    );
    expect(JSON.stringify(sample.recovery)).toBe(before);
  });
});
