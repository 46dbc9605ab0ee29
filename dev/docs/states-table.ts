import { decide } from "../../domain/decide.ts";
import type { Decision } from "../../domain/decision/decision.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import type { DomainEvent, EffectFinished } from "../../domain/state/event.ts";
import { RECOVERY_STATES, type RecoveryState } from "../../domain/state/outcome.ts";
import { type Recovery } from "../../domain/state/recovery.ts";
import { type EffectId, effectIdOf } from "../../domain/values/ids.ts";
import { type Instant, MINUTE_MS } from "../../domain/values/time.ts";
import {
  chargeRequested,
  commandGiven,
  dunningReported,
  ownPayment,
  paymentReported,
  readFinished,
  subscriptionAs,
  subscriptionReported,
  unattributedPayment,
} from "../model/events.ts";
import { DUNNING_TYPES, SUBSCRIPTION_TYPES } from "../model/every-event.ts";
import { type SampleState, sampleStates } from "../model/sample-states.ts";

/** Null if the event cannot occur in this state. */
type EventFor = (recovery: Recovery, at: Instant) => DomainEvent | null;

type Row = { readonly event: string; readonly eventFor: EventFor };

const operator = { by: "anna", note: "" } as const;
const CHARGE = effectIdOf(901);
const READ = effectIdOf(902);
const NOTICE = effectIdOf(903);
const LINK = effectIdOf(904);
const CANCEL = effectIdOf(905);

/** The recovery with a pending effect of each kind, so that a row can show the outcome of one. */
function withPendingEffects({ recovery, at }: SampleState): Recovery {
  const { charge } = recovery;
  const pendingEffects = {
    [CHARGE]: { kind: "charge", since: at },
    [READ]: { kind: "read", since: at },
    [NOTICE]: { kind: "notice", since: at },
    [LINK]: { kind: "payment_link", since: at },
    [CANCEL]: { kind: "cancel", since: at },
  } as const;
  const ofCharge = charge === null ? null : { ...charge, effectId: CHARGE };
  return { ...recovery, charge: ofCharge, pendingEffects };
}

const row = (event: string, eventFor: EventFor): Row => ({ event, eventFor });

const ended = (
  event: string,
  outcomeFor: (effectId: EffectId, at: Instant) => EffectFinished,
  effectId: EffectId,
  applies: (recovery: Recovery) => boolean = () => true,
): Row => row(event, (recovery, at) => (applies(recovery) ? outcomeFor(effectId, at) : null));

const isCharging = ({ charge }: Recovery): boolean => charge !== null;

const WEBHOOKS: readonly Row[] = [
  row("`payment.succeeded`, our attempt", (recovery, at) =>
    paymentReported(ownPayment(recovery, at, { status: "succeeded" })),
  ),
  row("`payment.failed`, our attempt: a `retry` code", (recovery, at) =>
    paymentReported(
      ownPayment(recovery, at, { status: "failed", declineCode: "INSUFFICIENT_FUNDS" }),
    ),
  ),
  row("`payment.failed`, our attempt: a `never` code", (recovery, at) =>
    paymentReported(ownPayment(recovery, at, { status: "failed", declineCode: "STOLEN_CARD" })),
  ),
  row("`payment.processing`, our attempt", (recovery, at) =>
    paymentReported(ownPayment(recovery, at, { status: "processing" })),
  ),
  row("`payment.cancelled`, our attempt", (recovery, at) =>
    paymentReported(ownPayment(recovery, at, { status: "cancelled" })),
  ),
  row("`payment.succeeded`, with a changed method", (_recovery, at) =>
    paymentReported(
      unattributedPayment(at, { status: "succeeded", isMethodUpdate: true, methodId: "pm_9" }),
    ),
  ),
  row("`payment.succeeded`, made elsewhere", (_recovery, at) =>
    paymentReported(unattributedPayment(at, { status: "succeeded" })),
  ),
  row("`payment.failed`, made elsewhere", (_recovery, at) =>
    paymentReported(unattributedPayment(at)),
  ),
  row("`payment.processing`, made elsewhere", (_recovery, at) =>
    paymentReported(unattributedPayment(at, { status: "processing" })),
  ),
  row("a payment in an unknown status, or none", (_recovery, at) =>
    paymentReported(unattributedPayment(at, { status: "a_new_status" })),
  ),
  ...SUBSCRIPTION_TYPES.map((type) =>
    row(`\`${type}\``, () => subscriptionReported(type, usualStatusOf(type))),
  ),
  ...DUNNING_TYPES.map((type) => row(`\`${type}\``, () => dunningReported(type))),
  row(
    "an event from a newer gateway",
    () => ({ kind: "a_newer_gateways_event" }) as unknown as DomainEvent,
  ),
];

/** The status in the body of such a webhook, usually. `decide` reads the status, not the type. */
function usualStatusOf(type: string): string {
  const status = type.split(".")[1] ?? "";
  return ["active", "on_hold", "past_due", "paused", "cancelled", "failed", "expired"].includes(
    status,
  )
    ? status
    : "active";
}

const READS: readonly Row[] = [
  row("a read: nothing new", (recovery, at) =>
    readFinished(READ, at, subscriptionAs(recovery), []),
  ),
  row("a read: our attempt succeeded, `active`", (recovery, at) =>
    readFinished(READ, at, subscriptionAs(recovery, { status: "active" }), [
      ownPayment(recovery, at, { status: "succeeded" }),
    ]),
  ),
  row("a read: a payment is open", (recovery, at) =>
    readFinished(READ, at, subscriptionAs(recovery), [
      unattributedPayment(at, { status: "requires_customer_action" }),
    ]),
  ),
  row("a read: the method changed, `active`", (recovery, at) =>
    readFinished(READ, at, subscriptionAs(recovery, { status: "active", methodId: "pm_9" }), []),
  ),
  row("a read: cancellation scheduled", (recovery, at) =>
    readFinished(READ, at, subscriptionAs(recovery, { cancelAtNextBillingDate: true }), []),
  ),
  row("a read: `cancelled`, `expired` or `failed`", (recovery, at) =>
    readFinished(READ, at, subscriptionAs(recovery, { status: "cancelled" }), []),
  ),
  row("a read: opted out", (recovery, at) =>
    readFinished(READ, at, subscriptionAs(recovery, { optedOut: true }), []),
  ),
  row("a read: `null` or an unknown status", (recovery, at) =>
    readFinished(READ, at, subscriptionAs(recovery, { status: null }), []),
  ),
  ended(
    "a read: 401 or 403",
    (effectId) => ({
      kind: "read_finished",
      effectId,
      outcome: { kind: "refused", code: "UNAUTHORIZED", httpStatus: 401 },
    }),
    READ,
  ),
];

const charged = (
  event: string,
  outcome: Extract<EffectFinished, { kind: "charge_finished" }>["outcome"],
): Row =>
  ended(event, (effectId) => ({ kind: "charge_finished", effectId, outcome }), CHARGE, isCharging);

const notSent = (why: Parameters<typeof notSentOutcome>[0]): Row =>
  charged(`a charge: not sent, \`${why}\``, notSentOutcome(why));

const NOT_SENT = [
  "payment_exists",
  "payment_pending",
  "status_changed",
  "opted_out",
  "rate_limited",
  "unreachable",
  "unauthorized",
  "overdue",
  "withdrawn",
] as const;

function notSentOutcome(why: (typeof NOT_SENT)[number]) {
  return { kind: "not_attempted", why, detail: why } as const;
}

const OUTCOMES: readonly Row[] = [
  charged("a charge: accepted", {
    kind: "accepted",
    paymentId: unattributedPayment(0).paymentId,
    adopted: false,
  }),
  charged("a charge: refused, the customer can still pay", {
    kind: "refused",
    code: "SUBSCRIPTION_INACTIVE",
    httpStatus: 422,
  }),
  charged("a charge: refused, expired", {
    kind: "refused",
    code: "SUBSCRIPTION_EXPIRED",
    httpStatus: 422,
  }),
  charged("a charge: refused with another code", {
    kind: "refused",
    code: "A_NEW_CODE",
    httpStatus: 422,
  }),
  charged("a charge: the answer is lost", { kind: "unknown", detail: "lost", sentNoLaterThan: 0 }),
  ...NOT_SENT.map(notSent),
  ended(
    "a notice: sent",
    (effectId) => ({
      kind: "notice_finished",
      effectId,
      outcome: { kind: "sent", messageId: "m" },
    }),
    NOTICE,
  ),
  ended(
    "a notice: not sent, its reason has passed",
    (effectId) => ({
      kind: "notice_finished",
      effectId,
      outcome: { kind: "not_sent", why: "paid" },
    }),
    NOTICE,
  ),
  ended(
    "a notice: undeliverable",
    (effectId) => ({
      kind: "notice_finished",
      effectId,
      outcome: { kind: "undeliverable", detail: "550" },
    }),
    NOTICE,
  ),
  ended(
    "an effect that failed permanently",
    (effectId) => ({ kind: "effect_failed", effectId, detail: "" }),
    READ,
  ),
];

const COMMANDS: readonly Row[] = [
  row("the customer asks for a payment page", () =>
    commandGiven({ action: "create_payment_link", debtId: null }),
  ),
  row("`pause`", () => commandGiven({ action: "pause", ...operator })),
  row("`resume`", () => commandGiven({ action: "resume", ...operator })),
  row("`retryNow`", () =>
    commandGiven({ action: "retry_now", ...operator, confirmedAbsent: false }),
  ),
  row("`markPaid`", () => commandGiven({ action: "mark_paid", ...operator })),
  row("`writeOff`", () => commandGiven({ action: "write_off", ...operator })),
  row("a charge is requested through the API", (_recovery, at) =>
    chargeRequested(at, { digit: "b" }),
  ),
  row("Temporal's Cancel", () => ({ kind: "cancel_requested" })),
  row("the timer fires", () => ({ kind: "timer_fired" })),
];

/** Decisions for every state and event, each for a typical recovery in that state. */
export async function statesTable(): Promise<{
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}> {
  const all = await sampleStates();
  const typical = new Map(RECOVERY_STATES.map((state) => [state, all.get(state)?.[0] ?? null]));
  const rows = [...WEBHOOKS, ...READS, ...OUTCOMES, ...COMMANDS].map(({ event, eventFor }) => [
    event,
    ...RECOVERY_STATES.map((state) => cellOf(state, typical.get(state) ?? null, eventFor)),
  ]);
  return { head: ["event", ...RECOVERY_STATES.map((state) => `\`${state}\``)], rows };
}

function cellOf(state: RecoveryState, sample: SampleState | null, eventFor: EventFor): string {
  if (sample === null) return "–";
  const recovery = withPendingEffects(sample);
  const at = sample.at + MINUTE_MS;
  const event = eventFor(recovery, at);
  if (event === null) return "–";
  return describe(state, decide(recovery, event, { policy: DEFAULT_POLICY, mode: "act" }, at));
}

/** The rule, and the new state if it changes. */
function describe(state: RecoveryState, { rule, changes }: Decision): string {
  const after = changes.state ?? state;
  return after === state ? `\`${rule}\`` : `\`${rule}\` → **${after}**`;
}
