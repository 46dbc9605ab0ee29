import type { EndedDebt } from "../../../domain/state/debt.ts";
import { SECOND_MS } from "../../../domain/values/time.ts";
import type { SimulationRun } from "../simulation-run.ts";
import { debtOfMail, type Ledger, noticeOfMail, paidAt, succeededAt } from "./ledger.ts";
import type { Violation } from "./violation.ts";

/** The last read before an end, and the webhooks that cause the end, may be this much older than the end. */
const LAST_READ_MS = 15 * SECOND_MS;

/** Outcomes that a later success does not contradict: the debt was paid, or somebody decided that it is not collected. */
const NOT_GIVEN_UP: readonly EndedDebt["outcome"][] = [
  "recovered",
  "collected",
  "written_off",
  "nothing_owed",
];

/** Invariants of how debts end: every debt ends, exactly once, and the ledger proves its outcome. */
export function findInEnds(ledger: Ledger): Violation[] {
  return [
    ...neverEnds(ledger),
    ...forgotten(ledger),
    ...ledger.ended.flatMap((end, index) => [
      ...unproven(end, ledger),
      ...givenUpUntried(end, ledger),
      ...givenUpPaid(end, ledger),
      ...endedTwice(end, index, ledger),
    ]),
  ];
}

function neverEnds({ run }: Ledger): Violation[] {
  const { world } = run;
  if (!world.isOpen) return [];
  const { state, attention } = world.recovery ?? {};
  const causes = attention?.map(({ cause }) => cause).join(", ") ?? "";
  return [{ name: "never_ends", at: null, detail: `${state ?? "no state"} ${causes}` }];
}

/** The webhook of the first failure always arrives. */
function forgotten({ run, ended }: Ledger): Violation[] {
  if (run.world.isOpen) return [];
  const [first] = run.dodo.payments;
  const id = run.plan.requestedCharge ? null : (first?.paymentId ?? null);
  if (wasLeftOut(run)) return [];
  const hasEnded = [...ended, ...run.world.endedByStopped].some(
    ({ debtId, attempts }) =>
      debtId === id || attempts.some(({ paymentId }) => paymentId === id && id !== null),
  );
  const isHandled = run.world.results.some(
    ({ handledPayments }) => handledPayments?.includes(id ?? "") === true,
  );
  if (id === null ? ended.length > 0 : hasEnded || isHandled || wasNeverOwed(id, ended, run))
    return [];
  return [
    { name: "lost_recovery", at: null, detail: `${id ?? "the requested charge"} is in no result` },
  ];
}

/** An import opened nothing, and says why; that it was paid is true only where it was. */
function wasLeftOut({ imports, dodo, world }: SimulationRun): boolean {
  const { row, at = 0 } = imports.at(-1) ?? {};
  if (row?.did !== "left_out") return false;
  // A run can only be there for a debt that failed later.
  if (world.runs.length > 0) return dodo.succeeded.some(({ createdAt }) => createdAt < at);
  return (row.why !== "paid_since" && row.why !== "refunded") || dodo.succeeded.length > 0;
}

/** Paid, opted out or cancelled before the recovery could act; or before an import, or the run that followed a stopped one. */
function wasNeverOwed(
  id: string,
  ended: readonly EndedDebt[],
  { dodo, world, imports }: SimulationRun,
): boolean {
  const first = dodo.payments.find(({ paymentId }) => paymentId === id);
  const isOut = dodo.metadata["reprise"] === "off" || dodo.status === "cancelled";
  const failedAt = first?.createdAt ?? 0;
  const isPaid = dodo.succeeded.some(({ createdAt }) => createdAt >= failedAt);
  const isNothingOwed = ended.some(({ outcome }) => outcome === "nothing_owed");
  const isPaidBeforeImport = imports.some(({ at }) =>
    dodo.succeeded.some(({ createdAt }) => createdAt >= failedAt && createdAt < at),
  );
  return isPaidBeforeImport || ((isNothingOwed || world.stoppedAt.length > 0) && (isOut || isPaid));
}

function unproven(end: EndedDebt, ledger: Ledger): Violation[] {
  const missing = missingEvidence(end, ledger);
  if (missing === null) return [];
  const detail = `${end.debtId ?? "nothing"} is ${end.outcome} (${end.rule}): ${missing}`;
  return [{ name: "unproven_outcome", at: end.endedAt, detail }];
}

/** What the outcome needs and the ledger lacks; null where the ledger proves it. */
function missingEvidence(end: EndedDebt, { run, payments }: Ledger): string | null {
  const { dodo, plan, commands } = run;
  switch (end.outcome) {
    case "recovered":
    case "collected": {
      if (end.by === "operator") return wasGiven("mark_paid") ? null : "no mark-paid command";
      const by = payments.find(({ paymentId }) => paymentId === end.paymentId);
      const at = by === undefined ? null : succeededAt(by);
      return at !== null && at <= end.endedAt ? null : "no successful payment";
    }
    case "exhausted": {
      const since = end.firstFailedAt ?? end.endedAt;
      return end.endedAt >= since + plan.policy.windowMs ? null : "its window had not ended";
    }
    case "cancelled":
      return dodo.status === "cancelled" ? null : `the subscription is ${dodo.status}`;
    case "written_off":
      return wasGiven("write_off") ? null : "no write-off command";
    case "nothing_owed": {
      if (end.rule !== "payment.replaced") return null;
      const all = dodo.others.flatMap((other) => other.payments);
      const isThere = all.some(({ paymentId }) => paymentId === end.paymentId);
      return isThere ? null : "no payment for the same product";
    }
  }
  function wasGiven(action: string): boolean {
    return commands.some(({ command, at }) => command.action === action && at <= end.endedAt);
  }
}

function givenUpPaid({ debtId, outcome, endedAt }: EndedDebt, ledger: Ledger): Violation[] {
  if (debtId === null || NOT_GIVEN_UP.includes(outcome)) return [];
  const paid = paidAt(debtId, ledger);
  if (paid === null || paid + ledger.unseenMs + LAST_READ_MS >= endedAt) return [];
  return [{ name: "lost_recovery", at: endedAt, detail: `${debtId} is ${outcome}, and was paid` }];
}

/** Given up without an attempt, a notice to the customer, or an alert to the operator. */
function givenUpUntried(
  { debtId, outcome, endedAt }: EndedDebt,
  { run, charges }: Ledger,
): Violation[] {
  if (outcome !== "exhausted" || debtId === null) return [];
  const { mails, alerts } = run.world;
  const isTried = charges.some((one) => one.debtId === debtId);
  const isRequested = mails.some(
    (mail) => debtOfMail(mail) === debtId && noticeOfMail(mail).startsWith("action_needed"),
  );
  const isAdvised = run.world.published.some(
    (one) => one.debtId === debtId && one.advice?.notice === "action_needed",
  );
  // Reprise defers to Dodo's own recovery.
  const isDodos = run.tally.has("dodo_duns") || run.tally.has("dodo_retries");
  if (isTried || isRequested || isAdvised || isDodos || alerts.length > 0) return [];
  const detail = `${debtId}: no attempt, no notice, no alert`;
  return [{ name: "lost_recovery", at: endedAt, detail }];
}

function endedTwice(
  { debtId, outcome, endedAt }: EndedDebt,
  index: number,
  { ended }: Ledger,
): Violation[] {
  if (debtId === null || outcome === "nothing_owed") return [];
  const before = ended.slice(0, index).find((one) => one.debtId === debtId);
  if (before === undefined) return [];
  return [
    { name: "ended_twice", at: endedAt, detail: `${debtId}: ${before.outcome}, then ${outcome}` },
  ];
}
