import {
  FAULT_KINDS,
  type FaultKind,
  MERCHANT_HABITS,
  READ_FAULTS,
  type ReadFault,
  STOP_KINDS,
  WORKER_CRASHES,
  type WorkerCrash,
} from "./plan.ts";

const ENVIRONMENT = [
  "answer_lost",
  "error_before_creation",
  "error_after_creation",
  "request_refused",
  "key_still_processed",
  "stored_answer_replayed",
  "webhook_lost",
  "webhook_late",
  "webhook_duplicated",
  "list_lag",
  "fault_near_a_charge",
  "list_over_one_page",
  "india_51_hours",
  "tax_on_top",
  "tax_withheld",
  "confirmed_dead",
  "confirmed_dead_wrongly",
  "double_charge_by_operator",
  "decision_slow",
  "import_opens",
  "advice_not_followed",
  ...MERCHANT_HABITS.filter((habit) => habit !== "never").map(
    (habit) => `merchant_${habit}` as const,
  ),
] as const;

/** The rules and checks that keep a recovery safe under faults. */
const SAFEGUARDS = [
  "unknown_outcome",
  "absence_settled",
  "payment_found_after_unknown",
  "payment_found_before_charge",
  "waits_for_open_payment",
  "waits_for_open_link",
  "waits_for_customer",
  "waits_for_merchant",
  "payment_released",
  "release_refused",
  "release_ended_by_dodo",
  "double_charge_reported",
  "method_blocked",
  "replacement_found",
  "duplicate_webhook_ignored",
  "events_decided_together",
  "ended_debt_stays_ended",
  "repeated_conflict_asked",
  "operator_answered",
  "overdue_attempt_moved",
  "earlier_charge_followed",
  "earlier_charge_blocks",
  "waits_for_announcement",
  "price_unknown",
  "price_derived",
  "price_known_later",
  "import_leaves_out",
  "import_asks_customer",
  "advised_attempt_taken",
  "advised_attempt_moved",
  "advised_key_used_again",
] as const;

type InjectedFault =
  FaultKind | (typeof ENVIRONMENT)[number] | `read_${ReadFault}` | `worker_crash_${WorkerCrash}`;

export type TallyName = InjectedFault | (typeof SAFEGUARDS)[number];

const FAULTS: readonly InjectedFault[] = [
  ...FAULT_KINDS,
  ...STOP_KINDS,
  ...READ_FAULTS.map((fault) => `read_${fault}` as const),
  ...WORKER_CRASHES.map((crash) => `worker_crash_${crash}` as const),
  ...ENVIRONMENT,
];

/** How often each fault was injected, and how often each safeguard acted. */
export class Tally {
  readonly counts = new Map<TallyName, number>();

  count(name: TallyName, times = 1): void {
    if (times > 0) this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }

  has(name: TallyName): boolean {
    return this.counts.has(name);
  }

  add(other: Tally): void {
    for (const [name, times] of other.counts) this.count(name, times);
  }
}

/** What never occurred: the simulation proves nothing about it. */
export function zeroCountsOf(tally: Tally): TallyName[] {
  return [...FAULTS, ...SAFEGUARDS].filter((name) => !tally.has(name));
}

export function formatTally(tally: Tally): string {
  const lines = (names: readonly TallyName[]): string[] =>
    names.map((name) => `  ${name.replaceAll("_", " ").padEnd(28)} ${tally.counts.get(name) ?? 0}`);
  return [
    "Faults injected:",
    ...lines(FAULTS),
    "Safeguards that acted:",
    ...lines(SAFEGUARDS),
  ].join("\n");
}
