import { parseAttemptKey } from "../../../domain/values/ids.ts";
import type { Publication } from "../../../domain/state/publication.ts";
import type { Ledger } from "./ledger.ts";
import type { Violation } from "./violation.ts";

/** Invariants of advise mode: nothing leaves, an attempt is advised once for a time, and a charge with its key counts once. */
export function findInAdvice(ledger: Ledger): Violation[] {
  if (ledger.run.plan.advice === undefined) return [];
  return [...sent(ledger), ...advisedTwice(ledger), ...countedTwice(ledger), ...notCounted(ledger)];
}

function sent({ run: { dodo, world } }: Ledger): Violation[] {
  const requests = dodo.mutations.map(({ at, what }) => ({ at, detail: what }));
  const mails = world.mails.map(({ at, key }) => ({ at, detail: key }));
  return [...requests, ...mails].map((one) => ({ name: "sent_in_advise_mode", ...one }));
}

/** Between two pieces of the same advice to charge, other advice holds the attempt. A run that was stopped starts anew. */
function advisedTwice({ run: { world } }: Ledger): Violation[] {
  const standing = world.published.filter(
    ({ advice }) => advice !== undefined && !ASIDE.has(advice.action),
  );
  return standing.flatMap((one, index) => {
    const before = standing[index - 1];
    if (before === undefined || !isSameCharge(before, one)) return [];
    if (world.stoppedAt.some((at) => at > before.at && at <= one.at)) return [];
    return [{ name: "advised_twice", at: one.at, detail: one.advice?.attemptKey ?? "" } as const];
  });
}

const ASIDE: ReadonlySet<string> = new Set(["notify_customer", "cancel_subscription"]);

function isSameCharge({ advice: one }: Publication, { advice: other }: Publication): boolean {
  const isCharge = one?.action === "charge" && other?.action === "charge";
  return isCharge && one.attemptKey === other.attemptKey && one.at === other.at;
}

/** An attempt of a debt has one number and one payment. */
function countedTwice({ ended }: Ledger): Violation[] {
  return ended.flatMap(({ debtId, attempts, endedAt }) => {
    const isRepeated = (values: readonly unknown[]): boolean =>
      new Set(values).size < values.length;
    const numbers = attempts
      .filter(({ trigger }) => trigger !== "charge" && trigger !== "renewal")
      .map(({ number }) => number);
    const payments = attempts.map(({ paymentId }) => paymentId);
    if (!isRepeated(numbers) && !isRepeated(payments)) return [];
    return [{ name: "attempt_counted_twice", at: endedAt, detail: debtId ?? "" } as const];
  });
}

/** The first failed charge with an advised key is an attempt of its debt, unless the debt ended before it was seen. */
function notCounted({ ended, payments, run }: Ledger): Violation[] {
  const { world, tally } = run;
  if (world.stoppedAt.length > 0 || tally.has("dodo_retries")) return [];
  return ended.flatMap(({ debtId, attempts, endedAt, outcome }) => {
    if (outcome !== "exhausted" && outcome !== "recovered") return [];
    const keys = new Set(
      world.published.filter(({ at }) => at < endedAt).map(({ advice }) => advice?.attemptKey),
    );
    const failed = payments.filter(({ metadata, ends }) => {
      const key = metadata["recovery_attempt"];
      const failedAt = ends.find(({ status }) => status === "failed")?.at;
      const isOfDebt = parseAttemptKey(key)?.debtId === debtId && keys.has(key as never);
      return isOfDebt && failedAt !== undefined && failedAt + 3 * 86_400_000 < endedAt;
    });
    const missing = failed.find(
      ({ metadata }) =>
        !attempts.some(
          ({ number }) => number === parseAttemptKey(metadata["recovery_attempt"])?.number,
        ),
    );
    if (missing === undefined) return [];
    return [{ name: "advised_charge_lost", at: endedAt, detail: missing.paymentId } as const];
  });
}
