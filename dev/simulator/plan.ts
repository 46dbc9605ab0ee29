import type { Policy } from "../../domain/policy.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../domain/values/time.ts";
import type { Fault, Verdict } from "../model/dodo.ts";
import type { ListOrder } from "./http.ts";
import type { ReadFault } from "./network-link.ts";
import { Random } from "./random.ts";

/** Everything that a seed decides: a world as plain JSON, which can be made smaller and kept as a test. */
export type Plan = {
  readonly scheme: "on_demand" | "observe" | "manage";
  /** The charge is asked of us; else the merchant's own has failed. */
  readonly asked: boolean;
  /** Dodo is reached through the product's own client and the SDK; else by calls. */
  readonly throughClient: boolean;
  readonly listOrder: ListOrder;
  readonly subscription: SubscriptionPlan;
  readonly policy: PolicyPlan;
  /** Why the first charge was declined. */
  readonly first: string | null;
  /** What later charges come to, in turn; then they succeed. */
  readonly verdicts: readonly Verdict[];
  /** What strikes the requests that may charge, in turn. */
  readonly requests: readonly (Fault | null)[];
  /** What strikes the reads, in turn. */
  readonly reads: readonly (ReadFault | null)[];
  /** What becomes of the workers that charge, in turn. */
  readonly deaths: readonly (Death | null)[];
  /** How webhooks come: lost, or once for each delay; over and over in turn. */
  readonly deliveries: readonly Delivery[];
  /** Payments of nothing that fill the list, from a day after the first failure on. */
  readonly crowd: number;
  /** How soon a person looks at what waits for one. */
  readonly personMs: number;
  readonly happenings: readonly Happening[];
};

export type SubscriptionPlan = {
  readonly priceMinor: number;
  readonly currency: "USD" | "INR";
  readonly taxMinor: number;
  readonly taxRate: number;
  readonly taxInclusive: boolean;
  readonly holds: boolean;
  readonly graceDays: number;
  readonly returns: boolean;
  readonly chargesOnHold: boolean;
  readonly guardsPending: boolean;
  readonly outcomeMs: number;
  readonly listLagMs: number;
  readonly readMs: number;
};

/** As it is in most worlds. */
export const USUAL_SUBSCRIPTION: SubscriptionPlan = {
  priceMinor: 2_900,
  currency: "USD",
  taxMinor: 0,
  taxRate: 0,
  taxInclusive: false,
  holds: true,
  graceDays: 0,
  returns: true,
  chargesOnHold: true,
  guardsPending: true,
  outcomeMs: 9_000,
  listLagMs: 0,
  readMs: 0,
};

export type PolicyPlan = Pick<
  Policy,
  "foreignCharges" | "debtKey" | "onExhausted" | "windowMs" | "quietEndMs"
>;

/** When a worker that charges is killed: before anything was sent, while it sends, after the answer. */
export const DEATHS = ["before", "cut_off", "after"] as const;
export type Death = (typeof DEATHS)[number];

/** Null = lost. */
export type Delivery = readonly number[] | null;

export const KINDS = [
  "pause",
  "resume",
  "retry_now",
  "write_off",
  "create_payment_link",
  "portal",
  "portal_left",
  "page_paid",
  "saved_method",
  "merchant_charges",
  "another_debt",
  "another_debt_paid",
  "refunded",
  "disputed",
  "dodo_retries",
  "dodo_duns",
  "status_flaps",
  "key_refused",
  "open_payments_end",
  "late_success",
  "webhooks_replayed",
  "tax_changes",
  "clock_steps",
  "smtp_down",
  "policy_changes",
  "rules_change",
  "cancellation_scheduled",
  "cancelled",
  "opted_out",
] as const;
export type Kind = (typeof KINDS)[number];

export type Happening = {
  readonly kind: Kind;
  readonly when:
    | { readonly of: "day_0"; readonly afterMs: number }
    /** Counted from 1: the worst moments lie around a charge. */
    | { readonly of: "charge"; readonly number: number; readonly afterMs: number };
  readonly verdict: Verdict;
  /** How long it lasts, or how far a clock steps. */
  readonly forMs: number;
};

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

const FAULTS: readonly [Fault, ...Fault[]] = [
  { kind: "unsent" },
  { kind: "slow_after" },
  { kind: "lost_before" },
  { kind: "lost_after" },
  { kind: "lost_after" },
  { kind: "timeout_before" },
  { kind: "timeout_after" },
  { kind: "error_before", httpStatus: 500 },
  { kind: "error_after", httpStatus: 503 },
  { kind: "refuse", httpStatus: 429, code: "TOO_MANY_REQUESTS" },
  { kind: "refuse", httpStatus: 409, code: "PREVIOUS_PAYMENT_PENDING" },
  { kind: "refuse", httpStatus: 422, code: "SUBSCRIPTION_INACTIVE" },
];

/** Around here the last look, the request, its answer and the payment's end lie. */
const AROUND_A_CHARGE_MS = 20 * SECOND_MS;

/** An Indian mandate's debit. @source dodo.md 5.8 */
const INDIAN_MS = 51 * HOUR_MS;

export function planOf(seed: number): Plan {
  const random = new Random(seed);
  // One world in so many has more payments than a page of the list holds: then a charge of it is lost, and only reads find it.
  if (random.chance(150)) return crowded(random);
  const scheme = random.of([
    "on_demand",
    "on_demand",
    "on_demand",
    "on_demand",
    "observe",
    "manage",
  ]);
  return {
    ...frameOf(random, scheme),
    first: random.of(CODES),
    verdicts: random.list(6, () => verdictOf(random)),
    requests: random.list(5, () => (random.chance(2) ? random.of(FAULTS) : null)),
    reads: random.chance(2) ? [] : random.list(60, () => readFaultOf(random)),
    deaths: random.list(3, () => (random.chance(4) ? random.of(DEATHS) : null)),
    deliveries: [deliveryOf(random), ...random.list(7, () => deliveryOf(random))],
    crowd: 0,
    happenings: random.list(6, () => happeningOf(random)),
  };
}

type Frame = Omit<
  Plan,
  "first" | "verdicts" | "requests" | "reads" | "deaths" | "deliveries" | "crowd" | "happenings"
>;

function frameOf(random: Random, scheme: Plan["scheme"]): Frame {
  const isIndian = random.chance(8);
  const hasTax = random.chance(2);
  return {
    scheme,
    asked: scheme === "on_demand" && random.chance(8),
    throughClient: random.chance(4),
    listOrder: random.of(["oldest_first", "newest_first"]),
    subscription: {
      priceMinor: 2_900,
      currency: isIndian ? "INR" : "USD",
      taxMinor: hasTax && random.chance(2) ? 290 : 0,
      taxRate: hasTax ? random.of([0, 0.2]) : 0,
      taxInclusive: random.chance(4),
      // A renewal that fails puts its subscription on hold. @source dodo.md 2.3
      holds: !random.chance(3) || scheme !== "on_demand",
      graceDays: random.chance(8) ? random.whole(1, 10) : 0,
      returns: !random.chance(12),
      chargesOnHold: !random.chance(8),
      guardsPending: random.chance(2),
      outcomeMs: isIndian ? INDIAN_MS : random.of([200, 9_000, 9_000, 90_000]),
      listLagMs: random.of([0, 0, 2_000, 30_000, 5 * MINUTE_MS]),
      readMs: random.chance(4) ? random.whole(20, 1_200) : 0,
    },
    policy: {
      foreignCharges: random.of(["ask", "same_debt", "new_debt"]),
      debtKey: random.of([null, "invoice_id"]),
      onExhausted: random.chance(4) ? "cancel" : "leave",
      windowMs: 30 * DAY_MS,
      quietEndMs: 3 * DAY_MS,
    },
    personMs: random.of([20 * MINUTE_MS, 5 * HOUR_MS, 30 * HOUR_MS]),
  };
}

function crowded(random: Random): Plan {
  const { subscription, policy, ...frame } = frameOf(random, "on_demand");
  return {
    ...frame,
    asked: false,
    throughClient: true,
    subscription: {
      ...subscription,
      currency: "USD",
      holds: false,
      outcomeMs: 9_000,
      readMs: 0,
    },
    policy,
    first: "INSUFFICIENT_FUNDS",
    verdicts: [],
    requests: [random.of([{ kind: "lost_after" }, { kind: "timeout_after" }])],
    reads: [],
    deaths: [],
    deliveries: [null],
    crowd: random.whole(100, 130),
    happenings: [],
  };
}

function verdictOf(random: Random): Verdict {
  if (random.chance(12))
    return { kind: "stay", status: random.of(["processing", "requires_customer_action"]) };
  return random.chance(2) ? { kind: "succeed" } : { kind: "decline", code: random.of(CODES) };
}

function readFaultOf(random: Random): ReadFault | null {
  return random.chance(6) ? random.of(["lost", "hang", "error", "weekly_cap_reached"]) : null;
}

/** Lost, on time, or late and doubled and out of order. */
function deliveryOf(random: Random): Delivery {
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

function happeningOf(random: Random): Happening {
  const isAtCharge = random.chance(3);
  return {
    kind: random.of(KINDS),
    when: isAtCharge
      ? { of: "charge", number: random.whole(1, 4), afterMs: random.whole(0, AROUND_A_CHARGE_MS) }
      : { of: "day_0", afterMs: random.whole(MINUTE_MS, 35 * DAY_MS) },
    verdict: random.chance(8)
      ? { kind: "stay", status: "requires_payment_method" }
      : verdictOf(random),
    forMs: random.of([MINUTE_MS, 5 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 20 * HOUR_MS]),
  };
}
