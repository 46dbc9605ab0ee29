import type { Client } from "@temporalio/client";
import { tsToMs } from "@temporalio/common/lib/time.js";
import type { ChargeInput } from "../activities/charge/charge-input.ts";
import type { RecordReader } from "../activities/evidence/prove-recovery.ts";
import { type RecordedDecision, replayed, stateAtStart } from "../domain/decision/recorded.ts";
import type { ChargeRecord, DebtRecord, RecoveryRecord } from "../domain/reporting/proof.ts";
import type { Debt, EndedDebt } from "../domain/state/debt.ts";
import type { ChargeOutcome, DomainEvent, ReadOutcome } from "../domain/state/event.ts";
import type { Payment } from "../domain/state/payment.ts";
import type { Recovery } from "../domain/state/recovery.ts";
import type { DebtId, RecoveryId } from "../domain/values/ids.ts";
import { type Decode, decoderOf } from "../platform/temporal/decode.ts";
import { RECOVERY_EVENT_SIGNAL } from "../workflows/contract.ts";
import { wholeReadOutcome } from "../workflows/recovery/recorded-inputs.ts";

type History = Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>>;
type HistoryEvent = NonNullable<History["events"]>[number];

/** Reads all runs of a recovery from Temporal: decisions, requests to Dodo, and what Dodo answered. */
export function createRecordReader(client: Client): RecordReader {
  const valueOf = decoderOf(client);
  return async (recoveryId) => {
    const record = new RecordOfRuns(valueOf);
    for (const runId of await runIdsOf(client, recoveryId)) {
      record.add(await client.workflow.getHandle(recoveryId, runId).fetchHistory());
    }
    return record.toRecord();
  };
}

/** Oldest first. */
async function runIdsOf(client: Client, recoveryId: RecoveryId): Promise<readonly string[]> {
  const runs: { readonly runId: string; readonly startedAt: number }[] = [];
  for await (const { runId, startTime } of client.workflow.list({
    query: `WorkflowId = "${recoveryId}"`,
  })) {
    runs.push({ runId, startedAt: startTime.getTime() });
  }
  return runs.toSorted((a, b) => a.startedAt - b.startedAt).map(({ runId }) => runId);
}

/** An activity that was scheduled; `request` identifies a charge in the record. */
type ScheduledActivity = { readonly name: string; readonly request: string | null };

/** Collects a record from the histories, event by event. Does not query the workflow. */
class RecordOfRuns {
  readonly #valueOf: Decode;
  #runs = 0;
  /** The state of the run that is read, after its latest decision so far. */
  #recovery: Recovery | null = null;
  readonly #debts = new Map<DebtId, Debt>();
  readonly #ends = new Map<string, EndedDebt>();
  readonly #charges = new Map<string, ChargeRecord>();
  readonly #payments = new Map<string, Payment>();
  readonly #excludedPayments = new Set<string>();
  /** Rule and reason of the decision to charge, by the attempt's key. */
  readonly #allowed = new Map<string, Pick<ChargeRecord, "rule" | "reason">>();

  constructor(valueOf: Decode) {
    this.#valueOf = valueOf;
  }

  add({ events }: History): void {
    this.#runs += 1;
    /** The activities that this run scheduled, by the id of the scheduling event. */
    const scheduled = new Map<string, ScheduledActivity>();
    for (const event of events ?? []) {
      this.#start(event);
      this.#decision(event);
      this.#signal(event);
      this.#activity(event, scheduled);
    }
  }

  #start({ workflowExecutionStartedEventAttributes: started, eventTime }: HistoryEvent): void {
    if (started == null) return;
    this.#recovery = stateAtStart(
      this.#valueOf(started.input),
      eventTime == null ? 0 : tsToMs(eventTime),
    );
    if (this.#recovery !== null) this.#addDebts(this.#recovery);
  }

  #decision({ markerRecordedEventAttributes: marker }: HistoryEvent): void {
    if (marker?.markerName !== "core_local_activity") return;
    const result = this.#valueOf(marker.details?.["result"]) as RecordedDecision | undefined;
    if (result === undefined || this.#recovery === null) return;
    const { decision, after } = replayed(this.#recovery, result);
    this.#recovery = after;
    this.#addDebts(decision.changes);
    const { rule, reason } = decision;
    for (const effect of decision.effects) {
      if (effect.kind === "charge") this.#allowed.set(effect.key, { rule, reason });
    }
  }

  #addDebts({ debt, queue, ended, excludedPayments }: Partial<Recovery>): void {
    for (const one of [debt, ...(queue ?? []).map((queued) => queued.debt)]) {
      if (one != null) this.#debts.set(one.id, one);
    }
    for (const one of ended ?? []) this.#ends.set(`${one.debtId} ${one.endedAt}`, one);
    for (const id of excludedPayments ?? []) this.#excludedPayments.add(id);
  }

  #signal({ workflowExecutionSignaledEventAttributes: signal }: HistoryEvent): void {
    if (signal?.signalName !== RECOVERY_EVENT_SIGNAL) return;
    const event = this.#valueOf(signal.input) as DomainEvent | undefined;
    if (event?.kind === "payment_reported") this.#addPayments([event.payment]);
  }

  #addPayments(payments: readonly Payment[]): void {
    for (const payment of payments) this.#payments.set(payment.paymentId, payment);
  }

  #activity(event: HistoryEvent, scheduled: Map<string, ScheduledActivity>): void {
    const scheduling = event.activityTaskScheduledEventAttributes;
    if (scheduling != null) {
      const name = scheduling.activityType?.name ?? "";
      const request =
        name === "charge" ? this.#addCharge(this.#valueOf(scheduling.input) as ChargeInput) : null;
      scheduled.set(String(event.eventId), { name, request });
      return;
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const lost =
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    const origin = scheduled.get(String((completed ?? lost)?.scheduledEventId));
    if (origin === undefined) return;
    const result = completed == null ? null : this.#valueOf(completed.result);
    if (origin.name === "readDodo") this.#addEvidence(result as ReadOutcome | null);
    if (origin.request !== null) {
      const at = event.eventTime == null ? 0 : tsToMs(event.eventTime);
      this.#setOutcome(origin.request, (result as ChargeOutcome | null) ?? lostAt(at));
    }
  }

  /** @returns identifies the request: a key is sent again after its absence was established */
  #addCharge({ key, number, at, amountMinor, currency, via }: ChargeInput): string {
    const allowed = this.#allowed.get(key) ?? {
      rule: "",
      reason: "the history has no decision for this charge",
    };
    const id = `${key} ${at}`;
    const request = { key, number, at, amountMinor, currency, via: via ?? null, outcome: null };
    this.#charges.set(id, { ...request, ...allowed });
    return id;
  }

  #setOutcome(request: string, outcome: ChargeOutcome): void {
    const charge = this.#charges.get(request);
    if (charge !== undefined) this.#charges.set(request, { ...charge, outcome });
  }

  #addEvidence(outcome: ReadOutcome | null): void {
    const whole = outcome === null ? null : wholeReadOutcome(outcome);
    if (whole?.kind === "read") this.#addPayments(whole.evidence.payments);
  }

  toRecord(): RecoveryRecord {
    const ends = [...this.#ends.values()];
    const ids = new Set([...this.#debts.keys(), ...ends.flatMap(({ debtId }) => debtId ?? [])]);
    return {
      runs: this.#runs,
      debts: [...ids].map((id) => this.#debtRecord(id, ends)),
      charges: [...this.#charges.values()],
      payments: [...this.#payments.values()],
      excludedPayments: [...this.#excludedPayments],
    };
  }

  #debtRecord(debtId: DebtId, ends: readonly EndedDebt[]): DebtRecord {
    const debt = this.#debts.get(debtId);
    const end = ends.findLast((one) => one.debtId === debtId) ?? null;
    return {
      debtId,
      firstFailedAt: debt?.firstFailedAt ?? end?.firstFailedAt ?? null,
      currency: debt?.currency ?? end?.currency ?? null,
      owedMinor: end?.totalMinor ?? debt?.totalMinor ?? null,
      end,
    };
  }
}

/** The outcome of a charge activity that timed out, failed or was cancelled. */
function lostAt(at: number): ChargeOutcome {
  return { kind: "unknown", detail: "the charge activity returned no result", sentNoLaterThan: at };
}
