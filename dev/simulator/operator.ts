import type { Attention } from "../../domain/state/alert.ts";
import type { AttentionCause } from "../../domain/state/attention.ts";
import type { Command } from "../../domain/state/command.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { attemptKeyOf } from "../../domain/values/ids.ts";
import { HOUR_MS } from "../../domain/values/time.ts";
import { giveCommand, type SimulationRun } from "./simulation-run.ts";

const signature = { by: "berta", note: "" } as const;

/** After so many responses the operator writes the debt off, so that every run ends. */
const RESPONSES_MAX = 8;

/** The amount owed is unclear: the operator writes it off. */
const UNCLEAR: readonly AttentionCause[] = [
  "hold_without_payment",
  "multi_subscription",
  "other_amount_collected",
];

const FINAL_STATUSES = ["succeeded", "failed", "cancelled"];

/** Responds to what needs attention, by the facts in Dodo's ledger. */
export class SimulatedOperator {
  readonly #run: SimulationRun;
  #isScheduled = false;
  #responses = 0;
  readonly #saidDead = new Set<string>();

  constructor(run: SimulationRun) {
    this.#run = run;
  }

  /** Schedules a response if the recovery is paused or needs attention. */
  observe({ attention, paused }: Recovery): void {
    if (this.#isScheduled || (attention.length === 0 && paused === null)) return;
    this.#isScheduled = true;
    const { timeline, plan } = this.#run;
    const delayMs = plan.operatorDelayMs * (1 + this.#responses);
    timeline.at(timeline.now() + delayMs, () => this.#respond());
  }

  #respond(): void {
    this.#isScheduled = false;
    const { world } = this.#run;
    const { recovery } = world;
    if (recovery === null || !world.isOpen) return;
    const [question] = recovery.attention;
    if (question === undefined && recovery.paused === null) return;
    this.#responses += 1;
    const command = question === undefined ? resume() : this.#answer(question, recovery);
    if (command !== null) {
      this.#run.tally.count("operator_answered");
      giveCommand(this.#run, command);
    }
    this.observe(recovery);
  }

  #answer(question: Attention, recovery: Recovery): Command | null {
    const { cause } = question;
    if (this.#responses > RESPONSES_MAX) return this.#giveUp(recovery);
    if (cause !== "outcome_deadline" && this.#isPaid(recovery)) {
      return { action: "mark_paid", ...signature };
    }
    if (question.cause === "unattributed_success" && this.#isOfOurPage(question.paymentId)) {
      return { action: "mark_paid", ...signature };
    }
    if (question.cause === "second_debt") {
      return { ...resume(), newDebt: this.#isSecondDebt([question.debtId]) };
    }
    if (question.cause === "unattributed_success") {
      return {
        ...resume(),
        newDebt: this.#isSecondDebt(question.failures ?? []) && !this.#isSecondPaid(),
      };
    }
    if (question.cause === "several_failures") {
      return { ...resume(), newDebt: this.#isSecondDebt(question.paymentIds) };
    }
    if (cause === "bought_again") return this.#judgePurchase();
    if (cause === "unknown_outcome") return this.#retryIfAbsent(recovery);
    if (question.cause === "outcome_deadline") {
      if (this.#confirmDead(question.paymentId, recovery)) return null;
      this.#endOpenPayments();
      return null;
    }
    return UNCLEAR.includes(cause) ? { action: "write_off", ...signature } : resume();
  }

  /**
   * Says once of a payment that it is dead. A wrong operator's payment is completed all the same.
   * @returns whether the operator said so
   */
  #confirmDead(paymentId: string | null, { waitingPayment }: Recovery): boolean {
    const { plan, timeline, dodo } = this.#run;
    const { confirmedDead = null } = plan;
    if (confirmedDead === null || paymentId === null || this.#saidDead.has(paymentId)) return false;
    if (waitingPayment?.paymentId !== paymentId) return false;
    this.#saidDead.add(paymentId);
    const lookedAt = timeline.now();
    const { saidAfterMs, completedAfterMs, processedMs } = confirmedDead;
    timeline.at(lookedAt + saidAfterMs, () => this.#sayDead(paymentId));
    if (completedAfterMs === null) return true;
    timeline.at(lookedAt + completedAfterMs, () => {
      dodo.end(paymentId, { kind: "stay", status: "processing" });
      this.#run.completedAt.set(paymentId, timeline.now());
    });
    timeline.at(lookedAt + completedAfterMs + processedMs, () => {
      dodo.end(paymentId, { kind: "succeed" });
    });
    return true;
  }

  #sayDead(paymentId: string): void {
    const { timeline, deadClaims, tally, plan } = this.#run;
    const command = { action: "retry_now", ...signature, confirmedAbsent: false } as const;
    const commandId = giveCommand(this.#run, { ...command, confirmedDead: true });
    if (commandId === null) return;
    deadClaims.push({ at: timeline.now(), paymentId, commandId });
    tally.count("operator_answered");
    tally.count("confirmed_dead");
    if (plan.confirmedDead?.completedAfterMs != null) tally.count("confirmed_dead_wrongly");
  }

  #giveUp(recovery: Recovery): Command {
    if (recovery.debt !== null) this.#endOpenPayments();
    return { action: "write_off", ...signature };
  }

  /** Whether Dodo shows a success for the invoice of this debt. */
  #isPaid({ debt }: Recovery): boolean {
    const { dodo } = this.#run;
    const first = dodo.payments.find(({ paymentId }) => paymentId === debt?.failedPaymentId);
    return (
      debt !== null &&
      dodo.succeeded.some(
        (one) =>
          one.createdAt >= debt.firstFailedAt &&
          one.metadata["invoice_id"] !== undefined &&
          one.metadata["invoice_id"] === first?.metadata["invoice_id"],
      )
    );
  }

  /** Whether the customer paid on a page that this recovery created: such a page collects what is owed. */
  #isOfOurPage(id: string): boolean {
    const { payments } = this.#run.dodo;
    return payments.some(({ paymentId, isMethodUpdate }) => paymentId === id && isMethodUpdate);
  }

  /** Whether one of these payments is of the second invoice. */
  #isSecondDebt(ids: readonly string[]): boolean {
    return this.#run.dodo.payments.some(
      ({ paymentId, metadata }) => ids.includes(paymentId) && metadata["invoice_id"] === "in_2",
    );
  }

  /** Whether Dodo shows a success for the second invoice. */
  #isSecondPaid(): boolean {
    return this.#run.dodo.succeeded.some(({ metadata }) => metadata["invoice_id"] === "in_2");
  }

  /** Some customers want both subscriptions. */
  #judgePurchase(): Command {
    const wantsBoth = this.#run.plan.operatorDelayMs < HOUR_MS;
    return wantsBoth ? resume() : { action: "write_off", ...signature };
  }

  #retryIfAbsent({ debt, charge }: Recovery): Command | null {
    if (debt === null || charge === null) return resume();
    const key = attemptKeyOf(debt.id, charge.number);
    const exists = this.#run.dodo.payments.some(
      ({ metadata }) => metadata["recovery_attempt"] === key,
    );
    return exists ? null : { action: "retry_now", ...signature, confirmedAbsent: true };
  }

  /** The bank declines the payments that were open for days. */
  #endOpenPayments(): void {
    const { dodo } = this.#run;
    for (const { paymentId, status } of dodo.payments) {
      if (!FINAL_STATUSES.includes(status)) dodo.end(paymentId, { kind: "decline", code: null });
    }
  }
}

function resume(): Command & { readonly action: "resume" } {
  return { action: "resume", ...signature };
}
