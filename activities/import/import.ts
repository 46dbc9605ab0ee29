import { failureOf, type RecoveryPort, type SweepPort } from "../../dodo/port.ts";
import type { DecisionSettings } from "../../domain/decide.ts";
import { importReadSince } from "../../domain/decision/reads.ts";
import type { HeldPage, ImportRow } from "../../domain/import/import.ts";
import { judgeImport, type Judgement } from "../../domain/import/judge.ts";
import type { Import } from "../../domain/state/debt.ts";
import type { DebtImported, ReadOutcome } from "../../domain/state/event.ts";
import type { Evidence } from "../../domain/state/payment.ts";
import { describeAnswer } from "../../domain/values/dodo-answer.ts";
import { type PaymentId, recoveryIdOf, type SubscriptionId } from "../../domain/values/ids.ts";
import { describeAmount } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";
import { inBatches } from "../../platform/batches.ts";
import type { Log } from "../../platform/log.ts";
import { type EarlierRunsReader, readDodo, type ReadInput } from "../evidence/read-dodo.ts";
import { activityFailure } from "../failure.ts";

export type ImportDebtInput = {
  readonly at: Instant;
  readonly subscriptionId: SubscriptionId;
  readonly dryRun: boolean;
  readonly import: Omit<Import, "at">;
};

/** The newest run of a recovery, and the import that opened it; null where none did. */
export type OpenRun = { readonly isOpen: boolean; readonly importId: string | null };

/** Temporal's client for imports. */
export type ImportClient = {
  readonly readNewestRun: (id: SubscriptionId) => Promise<OpenRun>;
  /** Starts a recovery with this event, or sends the event to the one that is open. */
  readonly open: (id: SubscriptionId, event: DebtImported, why: string) => Promise<void>;
};

export type ImportDependencies = Omit<DecisionSettings, "publishes"> & {
  readonly dodo: RecoveryPort & SweepPort;
  readonly recoveries: ImportClient;
  readonly readEarlierRuns: EarlierRunsReader;
  readonly log: Log;
  readonly now: () => Instant;
};

export type ImportActivities = {
  /** Reads one page of the subscriptions on hold. @throws DodoError in an outage, and while Dodo refuses the API key */
  readonly heldPage: (input: { readonly page: number }) => Promise<HeldPage>;
  readonly importDebt: (input: ImportDebtInput) => Promise<ImportRow>;
};

/** Recoveries that are looked up at the same time. */
const PARALLEL = 10;

/** The activities of an import, bound to their dependencies. */
export function createImportActivities(dependencies: ImportDependencies): ImportActivities {
  const { dodo, recoveries, log } = dependencies;
  return {
    heldPage: async ({ page }) => {
      const { rows, isLast } = await dodo.subscriptionsPage(page, "held").catch(endIfRefused);
      const unopened = await inBatches(rows, PARALLEL, async ({ subscriptionId: id }) =>
        (await recoveries.readNewestRun(id)).isOpen ? null : id,
      );
      const ids = unopened.filter((id) => id !== null);
      return { subscriptionIds: ids, haveRecovery: rows.length - ids.length, isLast };
    },
    importDebt: async (input) => {
      const row = await importDebt(input, dependencies);
      const { subscriptionId, did: result } = row;
      const why = row.did === "left_out" ? { why: row.why } : {};
      const { importId } = input.import;
      log.info({ event: "imported", importId, subscriptionId, result, ...why });
      return row;
    },
  };
}

/**
 * Judges one subscription, and opens its recovery unless this is a dry run. Repeating it is safe: a recovery that this import
 * has opened is not opened again.
 * @throws DodoError in an outage, and while Dodo refuses the API key: Temporal retries
 */
async function importDebt(
  { subscriptionId, dryRun, import: given }: ImportDebtInput,
  dependencies: ImportDependencies,
): Promise<ImportRow> {
  const { recoveries } = dependencies;
  const run = await recoveries.readNewestRun(subscriptionId);
  // A worker may have died between the start of the recovery and the report of it.
  const isOpened = run.isOpen && run.importId === given.importId;
  if (run.isOpen && !isOpened) return { subscriptionId, did: "left_out", why: "recovery_open" };
  const judged = await judge(subscriptionId, given, dependencies);
  if (judged.kind === "left_out") return { subscriptionId, did: "left_out", why: judged.why };
  const { debt } = judged;
  if (dryRun) return { subscriptionId, did: "would_open", debt };
  if (!isOpened) {
    const why = `${describeAmount(debt.amountMinor, debt.currency)} failed: imported by ${given.by}`;
    await recoveries.open(subscriptionId, { kind: "debt_imported", import: given }, why);
  }
  return { subscriptionId, did: "opened", debt };
}

type Judged = Exclude<Judgement, { readonly kind: "needs_line_items" }>;

/** Reads Dodo and judges; reads once more where only line items may show the price. */
async function judge(
  subscriptionId: SubscriptionId,
  given: Omit<Import, "at">,
  dependencies: ImportDependencies,
): Promise<Judged> {
  const { policy, mode, now } = dependencies;
  let lineItemsOf: readonly PaymentId[] = [];
  for (;;) {
    const outcome = await readOnce(subscriptionId, lineItemsOf, dependencies);
    if (outcome.kind === "refused") {
      const why = outcome.meaning === "not_found" ? "not_found" : "refused";
      return { kind: "left_out", why };
    }
    // What was asked for may be unreadable, which is then an answer too.
    const evidence = withLineItemsAsked(outcome.evidence, lineItemsOf);
    const settings = { policy, mode };
    const judgement = judgeImport({ evidence, import: given, settings, now: now() });
    if (judgement.kind !== "needs_line_items") return judgement;
    lineItemsOf = judgement.paymentIds;
  }
}

function withLineItemsAsked(evidence: Evidence, asked: readonly PaymentId[]): Evidence {
  if (asked.length === 0) return evidence;
  const payments = evidence.payments.map((payment) =>
    asked.includes(payment.paymentId)
      ? { ...payment, lineItems: payment.lineItems ?? null }
      : payment,
  );
  return { ...evidence, payments };
}

async function readOnce(
  subscriptionId: SubscriptionId,
  lineItemsOf: readonly PaymentId[],
  { dodo, readEarlierRuns, policy, now }: ImportDependencies,
): Promise<ReadOutcome> {
  const at = now();
  const input: ReadInput = {
    at,
    subscriptionId,
    recoveryId: recoveryIdOf(subscriptionId),
    since: importReadSince(at),
    paymentIds: [],
    endedPayments: [],
    withDisputes: true,
    ...(policy.debtKey === null ? {} : { debtKeyName: policy.debtKey }),
    ...(lineItemsOf.length === 0 ? {} : { lineItemsOf }),
  };
  return await readDodo(input, dodo, readEarlierRuns, now);
}

/** A refused key is waited for; another refusal would be the same again. */
function endIfRefused(error: unknown): never {
  const failure = failureOf(error);
  if (failure.kind !== "refused") throw error;
  throw activityFailure({
    message: `Dodo refuses the list of subscriptions on hold: ${describeAnswer(failure)}`,
    type: "refused_request",
    isFinal: true,
  });
}
