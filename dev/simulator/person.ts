import type { Attention } from "../../domain/state/alert.ts";
import type { AttentionCause } from "../../domain/state/attention.ts";
import type { Command } from "../../domain/state/command.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { attemptKeyOf } from "../../domain/values/ids.ts";
import { command } from "./faults.ts";
import type { Life } from "./simulation-run.ts";

const said = { by: "berta", note: "" } as const;

/** Who has been asked so often writes it off. */
const LOOKS_MAX = 8;

/** Where it is unclear what is owed, it is collected elsewhere. */
const UNCLEAR: readonly AttentionCause[] = [
  "hold_without_payment",
  "multi_subscription",
  "other_amount_collected",
];

/** The operator: looks at Dodo's books, and answers truly. */
export class Person {
  readonly #life: Life;
  #isComing = false;
  #looks = 0;

  constructor(life: Life) {
    this.#life = life;
  }

  /** What waits for a person is looked at after a while. */
  hears({ attention, paused }: Recovery): void {
    if (this.#isComing || (attention.length === 0 && paused === null)) return;
    this.#isComing = true;
    const { timeline, plan } = this.#life;
    timeline.at(timeline.now() + plan.personMs * (1 + this.#looks), () => this.#look());
  }

  #look(): void {
    this.#isComing = false;
    const { world } = this.#life;
    const { recovery } = world;
    if (recovery === null || !world.isOpen) return;
    const [question] = recovery.attention;
    if (question === undefined && recovery.paused === null) return;
    this.#looks += 1;
    const answer = question === undefined ? resume() : this.#answer(question, recovery);
    if (answer !== null) {
      this.#life.tally.strike("person_answers");
      command(this.#life, answer);
    }
    this.hears(recovery);
  }

  #answer(question: Attention, recovery: Recovery): Command | null {
    const { cause } = question;
    if (this.#looks > LOOKS_MAX) return this.#giveUp(recovery);
    if (cause !== "outcome_deadline" && this.#isPaid(recovery)) {
      return { action: "mark_paid", ...said };
    }
    if (question.cause === "second_debt") {
      return { ...resume(), newDebt: this.#isAnother([question.debtId]) };
    }
    if (question.cause === "several_failures") {
      return { ...resume(), newDebt: this.#isAnother(question.paymentIds) };
    }
    if (cause === "unknown_outcome") return this.#retryIfAbsent(recovery);
    if (cause === "outcome_deadline") {
      this.#askTheBank();
      return null;
    }
    return UNCLEAR.includes(cause) ? { action: "write_off", ...said } : resume();
  }

  #giveUp(recovery: Recovery): Command {
    if (recovery.debt !== null) this.#askTheBank();
    return { action: "write_off", ...said };
  }

  /** By whatever Dodo's books show that is for this debt. */
  #isPaid({ debt }: Recovery): boolean {
    const { dodo } = this.#life;
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

  #isAnother(ids: readonly string[]): boolean {
    return this.#life.dodo.payments.some(
      ({ paymentId, metadata }) => ids.includes(paymentId) && metadata["invoice_id"] === "in_2",
    );
  }

  #retryIfAbsent({ debt, charge }: Recovery): Command | null {
    if (debt === null || charge === null) return resume();
    const key = attemptKeyOf(debt.id, charge.number);
    const isThere = this.#life.dodo.payments.some(
      ({ metadata }) => metadata["recovery_attempt"] === key,
    );
    return isThere ? null : { action: "retry_now", ...said, confirmedAbsent: true };
  }

  /** What is open for days ends, one way or the other. */
  #askTheBank(): void {
    const { dodo } = this.#life;
    const ended = ["succeeded", "failed", "cancelled"];
    for (const { paymentId, status } of dodo.payments) {
      if (!ended.includes(status)) dodo.end(paymentId, { kind: "decline", code: null });
    }
  }
}

function resume(): Command & { readonly action: "resume" } {
  return { action: "resume", ...said };
}
