import { DEATHS, KINDS } from "./plan.ts";
import type { Life } from "./simulation-run.ts";

/** How often each fault struck, and each fence rose. */
export class Tally {
  readonly counts = new Map<string, number>();

  strike(name: string, times = 1): void {
    if (times > 0) this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }

  add(other: Tally): void {
    for (const [name, times] of other.counts) this.strike(name, times);
  }
}

const REQUEST_FAULTS = [
  "answer_lost",
  "error_before_creation",
  "error_after_creation",
  "refused",
] as const;
const READ_FAULTS = ["lost", "hang", "error", "weekly_cap_reached"] as const;

/** What struck the worlds: of each there must be some, or the run has shown nothing of it. */
export const FAULTS: readonly string[] = [
  ...KINDS,
  ...REQUEST_FAULTS,
  ...READ_FAULTS.map((kind) => `read_${kind}`),
  ...DEATHS.map((death) => `died_${death}`),
  "webhook_lost",
  "webhook_late",
  "webhook_doubled",
  "list_lags",
  "around_a_charge",
  "crowded_list",
  "india_51_hours",
  "tax_on_top",
];

/** What held against them. */
export const FENCES: readonly string[] = [
  "unknown_outcome",
  "absence_settled",
  "found_after_unknown",
  "payment_in_the_way",
  "open_payment_awaited",
  "page_awaited",
  "card_barred",
  "webhook_known",
  "ended_earlier",
  "person_answers",
  "overdue_moved",
];

/** The rules whose decisions are fences. @source domain/rules.ts */
const RULE_FENCES: Readonly<Record<string, string>> = {
  "charge.unknown": "unknown_outcome",
  "charge.absent": "absence_settled",
  "payment.open": "open_payment_awaited",
  "payment_link.open": "page_awaited",
  "decline.never": "card_barred",
  "schedule.overdue": "overdue_moved",
};

/** Counts in a world that has been lived what it shows only afterwards. */
export function countFences(life: Life): void {
  const { dodo, world, tally, plan, line } = life;
  for (const { answer, paymentId } of dodo.mutations) {
    if (answer === "given") continue;
    if (answer === "lost") tally.strike("answer_lost");
    else if (answer.httpStatus < 500) tally.strike("refused");
    else tally.strike(paymentId === null ? "error_before_creation" : "error_after_creation");
  }
  for (const fault of line.struck) tally.strike(`read_${fault}`);
  const { currency, taxInclusive, taxRate, taxMinor, listLagMs } = plan.subscription;
  const ours = dodo.mutations.filter(({ what }) => what === "charge").length;
  if (listLagMs > 0) tally.strike("list_lags");
  if (currency === "INR") tally.strike("india_51_hours", ours);
  if (!taxInclusive && taxRate + taxMinor > 0) tally.strike("tax_on_top", ours);
  let wasUnknown = false;
  for (const { decision, event, recovery } of world.decisions) {
    const fence = RULE_FENCES[decision.rule];
    if (fence !== undefined) tally.strike(fence);
    const isUnknown = recovery.charge?.phase === "unknown";
    if (wasUnknown && !isUnknown && decision.rule !== "charge.absent") {
      tally.strike("found_after_unknown");
    }
    wasUnknown = isUnknown;
    const isInTheWay =
      event.kind === "charge_finished" &&
      event.outcome.kind === "not_attempted" &&
      event.outcome.why === "payment_exists";
    if (isInTheWay) tally.strike("payment_in_the_way");
    if (decision.changes.ended?.at(-1)?.nothingOwed === "ended_earlier") {
      tally.strike("ended_earlier");
    }
  }
  for (const { events, decidedIds } of world.tapes ?? []) {
    const webhooks = events.filter((event) => "webhookId" in event).length;
    tally.strike("webhook_known", webhooks - decidedIds.length);
  }
}

/** Which of them never came. */
export function missingFrom({ counts }: Tally): string[] {
  return [...FAULTS, ...FENCES].filter((name) => !counts.has(name));
}

export function describeTally(tally: Tally): string {
  const lines = (names: readonly string[]): string[] =>
    names.map((name) => `  ${name.replaceAll("_", " ").padEnd(26)} ${tally.counts.get(name) ?? 0}`);
  return ["Faults that struck:", ...lines(FAULTS), "Fences that held:", ...lines(FENCES)].join(
    "\n",
  );
}
