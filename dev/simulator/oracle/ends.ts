import type { EndedDebt } from "../../../domain/state/debt.ts";
import { SECOND_MS } from "../../../domain/values/time.ts";
import { type Finding, type Ledger, paidAt, succeededAt } from "./ledger.ts";

/** A last look before an end, and the webhooks that tell of it, may come this much before. */
const LAST_LOOK_MS = 15 * SECOND_MS;

/** What holds of every debt's end: none is forgotten, none ends twice, and each has what its outcome claims. */
export function findInEnds(ledger: Ledger): Finding[] {
  return [
    ...stuck(ledger),
    ...forgotten(ledger),
    ...ledger.ended.flatMap((end, index) => [
      ...unlawful(end, ledger),
      ...untried(end, ledger),
      ...paidButGivenUp(end, ledger),
      ...reopened(end, index, ledger),
    ]),
  ];
}

function stuck({ life }: Ledger): Finding[] {
  const { world } = life;
  if (!world.isOpen) return [];
  const { state, attention } = world.recovery ?? {};
  const causes = attention?.map(({ cause }) => cause).join(", ") ?? "";
  return [{ name: "stuck", at: null, detail: `${state ?? "no state"} ${causes}` }];
}

/** The first failure was always heard of. */
function forgotten({ life, ended }: Ledger): Finding[] {
  if (life.world.isOpen) return [];
  const [first] = life.dodo.payments;
  const id = life.plan.asked ? null : (first?.paymentId ?? null);
  const isKnown = ended.some(
    ({ debtId, attempts }) =>
      debtId === id || attempts.some(({ paymentId }) => paymentId === id && id !== null),
  );
  const isTaken = life.world.results.some(
    ({ handledPayments }) => handledPayments?.includes(id ?? "") === true,
  );
  if (id === null ? ended.length > 0 : isKnown || isTaken || wasNeverOwed(id, ended, life))
    return [];
  return [
    { name: "lost_recovery", at: null, detail: `${id ?? "the asked charge"} is in no result` },
  ];
}

/** Paid, opted out or over before anybody could do anything. */
function wasNeverOwed(id: string, ended: readonly EndedDebt[], { dodo }: Ledger["life"]): boolean {
  const first = dodo.payments.find(({ paymentId }) => paymentId === id);
  const isOut = dodo.metadata["reprise"] === "off" || dodo.status === "cancelled";
  const isPaid = dodo.succeeded.some(({ createdAt }) => createdAt >= (first?.createdAt ?? 0));
  return ended.some(({ outcome }) => outcome === "nothing_owed") && (isOut || isPaid);
}

function unlawful(end: EndedDebt, ledger: Ledger): Finding[] {
  const missing = missingFor(end, ledger);
  if (missing === null) return [];
  const detail = `${end.debtId ?? "nothing"} is ${end.outcome} (${end.rule}): ${missing}`;
  return [{ name: "unlawful_end", at: end.endedAt, detail }];
}

/** What an outcome claims and the books do not show. */
function missingFor(end: EndedDebt, { life, payments }: Ledger): string | null {
  const { dodo, plan, commands } = life;
  switch (end.outcome) {
    case "recovered":
    case "collected": {
      if (end.by === "operator") return wasSaid("mark_paid") ? null : "nobody marked it as paid";
      const by = payments.find(({ paymentId }) => paymentId === end.paymentId);
      const at = by === undefined ? null : succeededAt(by);
      return at !== null && at <= end.endedAt ? null : "no payment that succeeded";
    }
    case "exhausted": {
      const since = end.firstFailedAt ?? end.endedAt;
      return end.endedAt >= since + plan.policy.windowMs ? null : "its window had not ended";
    }
    case "cancelled":
      return dodo.status === "cancelled" ? null : `the subscription is ${dodo.status}`;
    case "written_off":
      return wasSaid("write_off") ? null : "nobody wrote it off";
    case "nothing_owed":
      return null;
  }
  function wasSaid(action: string): boolean {
    return commands.some(({ command, at }) => command.action === action && at <= end.endedAt);
  }
}

/** Not where a person's word ended it: a write-off does not wait for what nobody has seen. */
function paidButGivenUp(end: EndedDebt, ledger: Ledger): Finding[] {
  const { debtId, outcome, endedAt } = end;
  if (debtId === null || ["recovered", "collected", "written_off"].includes(outcome)) return [];
  const paid = paidAt(debtId, ledger);
  if (paid === null || paid + ledger.blindMs + LAST_LOOK_MS >= endedAt) return [];
  const isTold = outcome === "nothing_owed" && !end.reason.includes("no failed payment");
  if (isTold) return [];
  return [{ name: "lost_recovery", at: endedAt, detail: `${debtId} is ${outcome}, and was paid` }];
}

/** Given up in silence: no attempt, no word to the customer, none to the operator. */
function untried({ debtId, outcome, endedAt }: EndedDebt, { life, charges }: Ledger): Finding[] {
  if (outcome !== "exhausted" || debtId === null) return [];
  const { mails, alerts } = life.world;
  const isTried = charges.some((one) => one.debtId === debtId);
  const isAsked = mails.some(({ key }) => key.includes(`${debtId}/action_needed`));
  // Where Dodo duns by itself, we stand back.
  const isDodos = life.tally.counts.has("dodo_duns") || life.tally.counts.has("dodo_retries");
  if (isTried || isAsked || isDodos || alerts.length > 0) return [];
  const detail = `${debtId}: nothing was tried, and nobody was asked`;
  return [{ name: "lost_recovery", at: endedAt, detail }];
}

function reopened(
  { debtId, outcome, endedAt }: EndedDebt,
  index: number,
  { ended }: Ledger,
): Finding[] {
  if (debtId === null || outcome === "nothing_owed") return [];
  const before = ended.slice(0, index).find((one) => one.debtId === debtId);
  if (before === undefined) return [];
  return [
    { name: "reopened", at: endedAt, detail: `${debtId}: ${before.outcome}, then ${outcome}` },
  ];
}
