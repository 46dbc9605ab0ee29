import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../domain/values/time.ts";
import { KEY_IN_PROGRESS } from "../model/answers/keyed-answers.ts";
import { MODEL_LINE_ITEMS, type RequestFault, type Verdict } from "../model/ledger.ts";
import {
  type ConfirmedDead,
  type Delivery,
  type Fault,
  FAULT_KINDS,
  type ImportPlan,
  MERCHANT_HABITS,
  type MerchantHabit,
  type Plan,
  READ_FAULTS,
  type ReadFault,
  STOP_KINDS,
  WORKER_CRASHES,
} from "./plan.ts";
import { Random } from "./random.ts";

const CODES = [
  "INSUFFICIENT_FUNDS",
  "INSUFFICIENT_FUNDS",
  "GENERIC_DECLINE",
  "NETWORK_ERROR",
  "REENTER_TRANSACTION",
  "EXPIRED_CARD",
  "STOLEN_CARD",
  "AUTHENTICATION_REQUIRED",
  "INVALID_AMOUNT",
  "NEW_CODE",
  null,
] as const;

const REQUEST_FAULTS: readonly [RequestFault, ...RequestFault[]] = [
  { kind: "unsent" },
  { kind: "slow_after" },
  { kind: "lost_before" },
  { kind: "lost_after" },
  { kind: "lost_after" },
  { kind: "timeout_before" },
  { kind: "timeout_after" },
  { kind: "error_before", httpStatus: 500 },
  { kind: "error_after", httpStatus: 503 },
  { kind: "error_before", ...KEY_IN_PROGRESS },
  { kind: "error_after", ...KEY_IN_PROGRESS },
  { kind: "refuse", httpStatus: 429, code: "TOO_MANY_REQUESTS" },
  { kind: "refuse", httpStatus: 409, code: "PREVIOUS_PAYMENT_PENDING" },
  { kind: "refuse", httpStatus: 422, code: "SUBSCRIPTION_INACTIVE" },
];

/** Nothing happens to such a payment until the customer or the merchant acts. */
const WAITING_STATUSES = [
  "requires_customer_action",
  "requires_customer_action",
  "requires_merchant_action",
] as const;

/** Covers the pre-charge check, the request, its answer, and the payment's end. */
const NEAR_A_CHARGE_MS = 20 * SECOND_MS;

/** Until an Indian mandate is debited. @source docs/dodo/charging.md, "India" */
const INDIA_MS = 51 * HOUR_MS;

/** The world of a seed. The same seed always draws the same world. */
export function drawPlan(seed: number): Plan {
  const random = new Random(seed);
  if (random.chance(150)) return drawFullList(random);
  const scheme = random.of([
    "on_demand",
    "on_demand",
    "on_demand",
    "on_demand",
    "observe",
    "manage",
  ]);
  const plan = withTaxShown(random, {
    confirmedDead: null,
    ...drawFrame(random, scheme),
    firstDeclineCode: random.of(CODES),
    verdicts: random.list(6, () => drawVerdict(random)),
    requestFaults: random.list(5, () => (random.chance(2) ? random.of(REQUEST_FAULTS) : null)),
    readFaults: random.chance(2) ? [] : random.list(60, () => drawReadFault(random)),
    workerCrashes: random.list(3, () => (random.chance(4) ? random.of(WORKER_CRASHES) : null)),
    deliveries: [drawDelivery(random), ...random.list(7, () => drawDelivery(random))],
    zeroAmountPayments: 0,
    faults: random.list(6, () => drawFault(random)),
  });
  const confirmedDead = random.chance(2) ? drawConfirmedDead(random) : null;
  const drawn = random.chance(15)
    ? { ...withWaiting(plan, random), confirmedDead }
    : { ...plan, confirmedDead };
  const whole = {
    ...drawn,
    faults: [...drawn.faults, ...drawStop(random)],
    ...drawDecisions(random),
  };
  const isImported = random.chance(8) && !whole.requestedCharge;
  return withAdvice(isImported ? { ...whole, imported: drawImport(random) } : whole, random);
}

/** In one world of ten the merchant charges by advice. Drawn last, so that the other worlds stay as they are. */
function withAdvice(plan: Plan, random: Random): Plan {
  if (!random.chance(10) || plan.requestedCharge) return plan;
  const habit = (): MerchantHabit => random.of(MERCHANT_HABITS);
  const habits = random.chance(3) ? (["follows"] as const) : [habit(), ...random.list(3, habit)];
  const soon = [1_000];
  const webhookMs = random.of([soon, soon, [1_000, 60_000], [5 * HOUR_MS], [26 * HOUR_MS], []]);
  return { ...plan, advice: { habits, webhookMs } };
}

/** Busy workers in a third of the worlds: what arrives while they decide is decided on together. */
function drawDecisions(random: Random): Pick<Plan, "decisionMs"> {
  if (!random.chance(3)) return {};
  return { decisionMs: [0, ...random.list(7, () => random.of([0, 0, 50, 900, 3_000, 20_000]))] };
}

/** Within the first days, beyond `max_debt_age`, or beyond the window. */
function drawImport(random: Random): ImportPlan {
  const most = random.of([3 * DAY_MS, 12 * DAY_MS, 80 * DAY_MS]);
  return { afterMs: random.whole(MINUTE_MS, most), retry: random.chance(2) };
}

/** Draws what Dodo shows of the tax of payments that have not succeeded, and what the merchant's policy says about it. */
function withTaxShown(random: Random, plan: Plan): Plan {
  if (!random.chance(3)) return plan;
  const { taxMinor, taxRate } = plan.subscription;
  const isTaxed = taxMinor + taxRate > 0;
  const paidBefore = random.chance(2);
  const lineItems = random.of(MODEL_LINE_ITEMS);
  // A merchant says that there is no tax where that is true, or where payments or their line items contradict it.
  const staysUntaxed = !isTaxed && plan.faults.every(({ kind }) => kind !== "tax_changes");
  const isContradicted = isTaxed && (paidBefore || lineItems === "taxed");
  const mayBeNone = staysUntaxed || isContradicted;
  const unknownTax = random.chance(2) && mayBeNone ? "none" : "ask";
  const shown = random.chance(2) ? { lineItemsAfterMs: random.whole(0, 5 * DAY_MS) } : {};
  return {
    ...plan,
    ...shown,
    paidBefore,
    subscription: { ...plan.subscription, unsettledTax: "withheld", lineItems },
    policy: { ...plan.policy, unknownTax },
  };
}

/** The first charge waits for a person, and little else disturbs it until the deadline. */
function withWaiting(plan: Plan, random: Random): Plan {
  return {
    ...plan,
    scheme: "on_demand",
    firstDeclineCode: "INSUFFICIENT_FUNDS",
    verdicts: [{ kind: "stay", status: random.of(WAITING_STATUSES) }, ...plan.verdicts],
    faults: plan.faults.slice(0, 1),
  };
}

/**
 * Wrong in two of three: the payment is completed seconds after the operator looked, which may be before the confirmation and near
 * the reads and the charge that follow it, or within days.
 */
function drawConfirmedDead(random: Random): ConfirmedDead {
  return {
    saidAfterMs: random.of([0, 0, 10 * MINUTE_MS]),
    completedAfterMs: random.of([
      null,
      random.whole(0, NEAR_A_CHARGE_MS),
      random.whole(MINUTE_MS, 10 * DAY_MS),
    ]),
    processedMs: random.of([200, 9_000, 90_000, 5 * HOUR_MS]),
  };
}

type Frame = Pick<
  Plan,
  | "scheme"
  | "requestedCharge"
  | "throughClient"
  | "listOrder"
  | "subscription"
  | "policy"
  | "operatorDelayMs"
>;

function drawFrame(random: Random, scheme: Plan["scheme"]): Frame {
  const isIndian = random.chance(8);
  const hasTax = random.chance(2);
  return {
    scheme,
    requestedCharge: scheme === "on_demand" && random.chance(8),
    throughClient: random.chance(4),
    listOrder: random.of(["oldest_first", "newest_first"]),
    subscription: {
      priceMinor: 2_900,
      currency: isIndian ? "INR" : "USD",
      taxMinor: hasTax && random.chance(2) ? 290 : 0,
      taxRate: hasTax ? random.of([0, 0.2]) : 0,
      taxInclusive: random.chance(4),
      // A failed renewal puts its subscription on hold. @source docs/dodo/subscriptions.md, "Statuses"
      holdsOnFailure: !random.chance(3) || scheme !== "on_demand",
      graceDays: random.chance(8) ? random.whole(1, 10) : 0,
      reactivates: !random.chance(12),
      chargeableOnHold: !random.chance(8),
      refusesWhilePending: random.chance(2),
      idempotencyKeys: random.chance(3)
        ? random.of(["successes_stored", "every_answer_stored"])
        : "ignored",
      outcomeMs: isIndian ? INDIA_MS : random.of([200, 9_000, 9_000, 90_000]),
      listLagMs: random.of([0, 0, 2_000, 30_000, 5 * MINUTE_MS]),
      readMs: random.chance(4) ? random.whole(20, 1_200) : 0,
    },
    policy: {
      foreignCharges: random.of(["ask", "same_debt", "new_debt"]),
      debtKey: random.of([null, "invoice_id"]),
      replacedBy: random.of(["ask", "ask", "end", "ignore"]),
      onExhausted: random.chance(4) ? "cancel" : "leave",
      windowMs: 30 * DAY_MS,
      quietEndMs: 3 * DAY_MS,
      unknownTax: "ask",
    },
    operatorDelayMs: random.of([20 * MINUTE_MS, 5 * HOUR_MS, 30 * HOUR_MS]),
  };
}

/** More payments than a page of the list holds; the answer of a charge is lost, and only reads can find its payment. */
function drawFullList(random: Random): Plan {
  const { subscription, policy, ...frame } = drawFrame(random, "on_demand");
  return {
    ...frame,
    requestedCharge: false,
    throughClient: true,
    subscription: {
      ...subscription,
      currency: "USD",
      holdsOnFailure: false,
      idempotencyKeys: "ignored",
      outcomeMs: 9_000,
      readMs: 0,
    },
    policy,
    firstDeclineCode: "INSUFFICIENT_FUNDS",
    verdicts: [],
    requestFaults: [random.of([{ kind: "lost_after" }, { kind: "timeout_after" }])],
    readFaults: [],
    workerCrashes: [],
    deliveries: [null],
    zeroAmountPayments: random.whole(100, 130),
    faults: [],
  };
}

function drawVerdict(random: Random): Verdict {
  if (random.chance(12))
    return { kind: "stay", status: random.of(["processing", ...WAITING_STATUSES]) };
  return random.chance(2) ? { kind: "succeed" } : { kind: "decline", code: random.of(CODES) };
}

function drawReadFault(random: Random): ReadFault | null {
  return random.chance(6) ? random.of(READ_FAULTS) : null;
}

/** Lost, late with duplicates out of order, or on time. */
function drawDelivery(random: Random): Delivery {
  switch (random.whole(0, 3)) {
    case 0:
      return null;
    case 1:
      return [
        random.whole(0, 26 * HOUR_MS),
        ...random.list(2, () => random.whole(0, 26 * HOUR_MS)),
      ];
    default:
      return [1_000];
  }
}

/** In one world of five, a person stops a run near a charge. */
function drawStop(random: Random): readonly Fault[] {
  if (!random.chance(5)) return [];
  const afterMs = random.whole(0, NEAR_A_CHARGE_MS);
  const when = { from: "charge", number: random.whole(1, 3), afterMs } as const;
  return [{ ...drawFault(random), kind: random.of(STOP_KINDS), when }];
}

function drawFault(random: Random): Fault {
  const isNearCharge = random.chance(3);
  return {
    kind: random.of(FAULT_KINDS),
    when: isNearCharge
      ? { from: "charge", number: random.whole(1, 4), afterMs: random.whole(0, NEAR_A_CHARGE_MS) }
      : { from: "day_0", afterMs: random.whole(MINUTE_MS, 35 * DAY_MS) },
    verdict: random.chance(8)
      ? { kind: "stay", status: "requires_payment_method" }
      : drawVerdict(random),
    durationMs: random.of([MINUTE_MS, 5 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 20 * HOUR_MS]),
  };
}
