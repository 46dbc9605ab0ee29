import type { Client } from "@temporalio/client";
import type { Payload } from "@temporalio/common";
import { tsToMs } from "@temporalio/common/lib/time.js";
import type { ChargeInput } from "../activities/charge/charge.ts";
import type { RecordReader } from "../activities/evidence/prove-recovery.ts";
import type { Decision } from "../domain/decision/decision.ts";
import type { ChargeRecord, DebtRecord, RecoveryRecord } from "../domain/reporting/proof.ts";
import type { Debt, EndedDebt } from "../domain/state/debt.ts";
import type { ChargeOutcome, DomainEvent, ReadOutcome } from "../domain/state/event.ts";
import type { Payment } from "../domain/state/payment.ts";
import type { Recovery } from "../domain/state/recovery.ts";
import type { DebtId, RecoveryId } from "../domain/values/ids.ts";
import { RECOVERY_EVENT_SIGNAL } from "../workflows/contract.ts";
import type { RecoveryInput } from "../workflows/recovery/subscription-recovery.ts";

type History = Awaited<ReturnType<ReturnType<Client["workflow"]["getHandle"]>["fetchHistory"]>>;
type HistoryEvent = NonNullable<History["events"]>[number];
type Payloads = { readonly payloads?: readonly unknown[] | null } | null | undefined;

/** Reads all runs of a recovery out of Temporal: what was decided, asked of Dodo, and seen there. */
export function createRecordReader(client: Client): RecordReader {
  const { payloadConverter } = client.options.loadedDataConverter;
  const valueOf = (payloads: Payloads): unknown => {
    const [first] = payloads?.payloads ?? [];
    return first === undefined ? undefined : payloadConverter.fromPayload(first as Payload);
  };
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

/** Gathers what the histories say, event by event; nothing here asks a workflow. */
class RecordOfRuns {
  readonly #valueOf: (payloads: Payloads) => unknown;
  #runs = 0;
  readonly #debts = new Map<DebtId, Debt>();
  readonly #ends = new Map<string, EndedDebt>();
  readonly #charges = new Map<string, ChargeRecord>();
  readonly #payments = new Map<string, Payment>();
  readonly #answered = new Set<string>();
  /** Rule and reason of the decision that asked for a charge, by its key. */
  readonly #allowed = new Map<string, Pick<ChargeRecord, "rule" | "reason">>();

  constructor(valueOf: (payloads: Payloads) => unknown) {
    this.#valueOf = valueOf;
  }

  add({ events }: History): void {
    this.#runs += 1;
    /** Of this run: charges and reads that were asked for, by the event that asked. */
    const asked = new Map<string, { readonly name: string; readonly key: string | null }>();
    for (const event of events ?? []) {
      this.#start(event);
      this.#decision(event);
      this.#signal(event);
      this.#activity(event, asked);
    }
  }

  #start({ workflowExecutionStartedEventAttributes: started }: HistoryEvent): void {
    if (started == null) return;
    const input = this.#valueOf(started.input) as RecoveryInput | undefined;
    if (input?.carried !== undefined) this.#know(input.carried.recovery);
  }

  #decision({ markerRecordedEventAttributes: marker }: HistoryEvent): void {
    if (marker?.markerName !== "core_local_activity") return;
    const decision = this.#valueOf(marker.details?.["result"]) as Decision | undefined;
    if (decision === undefined) return;
    this.#know(decision.changes);
    const { rule, reason } = decision;
    for (const effect of decision.effects) {
      if (effect.kind === "charge") this.#allowed.set(effect.key, { rule, reason });
    }
  }

  #know({ debt, queue, ended, excludedPayments }: Partial<Recovery>): void {
    for (const one of [debt, ...(queue ?? []).map((queued) => queued.debt)]) {
      if (one != null) this.#debts.set(one.id, one);
    }
    for (const one of ended ?? []) this.#ends.set(`${one.debtId} ${one.endedAt}`, one);
    for (const id of excludedPayments ?? []) this.#answered.add(id);
  }

  #signal({ workflowExecutionSignaledEventAttributes: signal }: HistoryEvent): void {
    if (signal?.signalName !== RECOVERY_EVENT_SIGNAL) return;
    const event = this.#valueOf(signal.input) as DomainEvent | undefined;
    if (event?.kind === "payment_reported") this.#see([event.payment]);
  }

  #see(payments: readonly Payment[]): void {
    for (const payment of payments) this.#payments.set(payment.paymentId, payment);
  }

  #activity(
    event: HistoryEvent,
    asked: Map<string, { readonly name: string; readonly key: string | null }>,
  ): void {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled != null) {
      const name = scheduled.activityType?.name ?? "";
      const key =
        name === "charge" ? this.#ask(this.#valueOf(scheduled.input) as ChargeInput) : null;
      asked.set(String(event.eventId), { name, key });
      return;
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const lost =
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    const origin = asked.get(String((completed ?? lost)?.scheduledEventId));
    if (origin === undefined) return;
    const result = completed == null ? null : this.#valueOf(completed.result);
    if (origin.name === "readDodo") this.#read(result as ReadOutcome | null);
    if (origin.key !== null) {
      const at = event.eventTime == null ? 0 : tsToMs(event.eventTime);
      this.#answer(origin.key, (result as ChargeOutcome | null) ?? lostAt(at));
    }
  }

  /** @returns the place of this request: a key may go more than once, after its absence was believed */
  #ask({ key, number, at, amountMinor, currency, via }: ChargeInput): string {
    const allowed = this.#allowed.get(key) ?? { rule: "", reason: "no decision was found" };
    const place = `${key} ${at}`;
    const request = { key, number, at, amountMinor, currency, via: via ?? null, outcome: null };
    this.#charges.set(place, { ...request, ...allowed });
    return place;
  }

  #answer(place: string, outcome: ChargeOutcome): void {
    const charge = this.#charges.get(place);
    if (charge !== undefined) this.#charges.set(place, { ...charge, outcome });
  }

  #read(outcome: ReadOutcome | null): void {
    if (outcome?.kind === "read") this.#see(outcome.evidence.payments);
  }

  toRecord(): RecoveryRecord {
    const ends = [...this.#ends.values()];
    const ids = new Set([...this.#debts.keys(), ...ends.flatMap(({ debtId }) => debtId ?? [])]);
    return {
      runs: this.#runs,
      debts: [...ids].map((id) => this.#debtRecord(id, ends)),
      charges: [...this.#charges.values()],
      payments: [...this.#payments.values()],
      excludedPayments: [...this.#answered],
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

/** A worker that was lost, or a charge taken back: Temporal tells no more. */
function lostAt(at: number): ChargeOutcome {
  return { kind: "unknown", detail: "the activity did not come back", sentNoLaterThan: at };
}
