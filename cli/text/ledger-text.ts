import { visible } from "../../domain/values/visible-text.ts";
import type { DriftClass } from "../../domain/reporting/ledger-check.ts";
import type { Drift } from "../../ledger/verify/drift.ts";
import type { Verified } from "../../ledger/verify/verify-histories.ts";

/** What mends a difference. */
const ADVICE: Readonly<Record<DriftClass, string>> = {
  missing_in_ledger: "reprise ledger rebuild writes it",
  missing_in_history: "it was written and never recorded: reprise ledger rebuild removes it",
  amount: "reprise ledger rebuild takes the history's",
  currency: "reprise ledger rebuild takes the history's",
  status: "reprise ledger rebuild takes the history's",
  late: "the run goes on: reprise ledger rebuild brings it up to date",
  orphan:
    "Temporal does not know this run, though its retention has not passed: is it the Temporal of this ledger? " +
    "After a restored backup, run reprise sweep, and then reprise ledger rebuild",
};

/** Lines that are shown; all of them are in `--json`. */
const LINES_MAX = 50;

export function verifiedText({ runs, drifts, doubles }: Verified): string {
  if (drifts.length + doubles.length === 0) return `The ledger agrees with ${runs} histories.`;
  const lines = [
    ...drifts.map((drift) => visible(lineOf(drift))),
    ...doubles.map((payment) =>
      visible(`double: ${payment} settles more than one debt; look at them with reprise proof`),
    ),
  ];
  const more = lines.length > LINES_MAX ? [`… and ${lines.length - LINES_MAX} more`] : [];
  return [
    `The ledger differs from ${runs} histories in ${lines.length} places:`,
    ...lines.slice(0, LINES_MAX),
    ...more,
  ].join("\n");
}

function lineOf(drift: Drift): string {
  const { recoveryId, runId, what, inLedger, inHistory } = drift;
  const values = `ledger: ${inLedger ?? "–"}, history: ${inHistory ?? "–"}`;
  return `${drift.class}: ${recoveryId} (run ${runId}), ${what}: ${values}; ${ADVICE[drift.class]}`;
}

export function driftBody({ runs, drifts, doubles }: Verified): object {
  return {
    runs,
    agree: drifts.length + doubles.length === 0,
    drifts: drifts.map(({ recoveryId, runId, inLedger, inHistory, ...drift }) => ({
      class: drift.class,
      recovery_id: recoveryId,
      run_id: runId,
      what: drift.what,
      in_ledger: inLedger,
      in_history: inHistory,
      advice: ADVICE[drift.class],
    })),
    doubles,
  };
}
