import type { Import } from "../../../domain/state/debt.ts";
import { DAY_MS, type Instant } from "../../../domain/values/time.ts";
import type { RecordedDecision } from "../../model/runs/records.ts";
import { debtOfMail, type Ledger } from "./ledger.ts";
import type { Violation } from "./violation.ts";

/** Invariants of debts that an operator imported. */
export function findInImports(ledger: Ledger): Violation[] {
  return [...chargedBeforeMail(ledger), ...oldOnesCharged(ledger), ...secondMails(ledger)];
}

type Charged = {
  readonly at: Instant;
  readonly imported: Import;
  readonly debtId: string;
  readonly firstFailedAt: Instant;
  readonly trigger: string;
  readonly number: number;
};

/** Charges of imported debts that nobody asked for at that moment. */
function chargesOf({ run }: Ledger): Charged[] {
  return run.world.decisions.flatMap(({ at, recovery, decision }: RecordedDecision): Charged[] => {
    const { imported, debt } = recovery;
    const { charge } = decision.changes;
    const isStarted = decision.effects.some(({ kind }) => kind === "charge");
    if (imported === null || debt === null || charge == null || !isStarted) return [];
    if (charge.trigger === "operator") return [];
    const { id: debtId, firstFailedAt } = debt;
    // A debt that failed after the import was not imported.
    if (firstFailedAt > imported.at) return [];
    const { trigger, number } = charge;
    return [{ at, imported, debtId, firstFailedAt, trigger, number }];
  });
}

function chargedBeforeMail(ledger: Ledger): Violation[] {
  const { mails } = ledger.run.world;
  return chargesOf(ledger).flatMap(({ at, imported, debtId }) => {
    const isAsked = mails.some(
      (mail) => mail.at >= imported.at && mail.at < at && debtOfMail(mail) === debtId,
    );
    if (isAsked) return [];
    return [{ name: "charged_before_import_mail", at, detail: debtId } as const];
  });
}

function oldOnesCharged(ledger: Ledger): Violation[] {
  const policies = ledger.run.policies.map(({ policy }) => policy.maxDebtAgeMs);
  const charges = chargesOf(ledger);
  return charges.flatMap(({ at, imported, debtId, firstFailedAt, trigger, number }) => {
    const ageMs = imported.at - firstFailedAt;
    const isOld = ageMs > Math.max(...policies);
    if (!isOld || imported.retry || trigger !== "schedule") return [];
    // The attempt of a stopped run, which left no payment: sending it again is no new attempt.
    const isRepeated = charges.some(
      (one) => one.debtId === debtId && one.number === number && one.at < Math.min(at, imported.at),
    );
    if (isRepeated) return [];
    return [{ name: "old_import_charged", at, detail: `${debtId}: ${ageMs} ms old` } as const];
  });
}

/** A mail that a crashed worker sends again is the same mail. */
function secondMails({ run }: Ledger): Violation[] {
  const { mails } = run.world;
  return run.imports.flatMap(({ at: importedAt, row }) => {
    if (row.did === "left_out") return [];
    const day = mails.filter(({ at }) => at >= importedAt && at < importedAt + DAY_MS);
    const [first] = day;
    const second = day.find(({ key }) => key !== first?.key);
    if (second === undefined) return [];
    return [{ name: "second_mail_after_import", at: second.at, detail: second.key } as const];
  });
}
