import { type Advice, overtakes } from "../../domain/advice/advice.ts";
import type { Publication } from "../../domain/state/publication.ts";
import type { Instant } from "../../domain/values/time.ts";
import { HOUR_MS } from "../../domain/values/time.ts";
import type { MerchantHabit } from "./plan.ts";
import type { SimulationRun } from "./simulation-run.ts";

type ChargeAdvice = Publication & { readonly advice: Advice & { readonly at: Instant } };

/** How long after its time a late charge comes: past every advice's end. */
const LATE_MS = 30 * HOUR_MS;

/** In advise mode, the merchant's own charging: it follows the advice, or one of its habits. */
export class SimulatedMerchant {
  readonly #run: SimulationRun;
  readonly #received: Publication[] = [];
  readonly #charged = new Set<string>();
  #charges = 0;

  constructor(run: SimulationRun) {
    this.#run = run;
  }

  /** Receives webhooks after the plan's delay, each as often as the plan says. */
  receive(publications: readonly Publication[]): void {
    const { timeline, plan } = this.#run;
    const delays = plan.advice?.webhookMs ?? [];
    for (const publication of publications) {
      for (const delay of delays) {
        timeline.at(timeline.now() + delay, () => this.#take(publication));
      }
    }
  }

  #take(publication: Publication): void {
    // The delivery leaves out what newer advice has overtaken.
    if (
      this.#received.some((known) => overtakes(known, publication) && isNewer(known, publication))
    )
      return;
    const isFirst = !this.#received.some(({ id }) => id === publication.id);
    this.#received.push(publication);
    if (!isFirst || !isCharge(publication)) return;
    const { timeline } = this.#run;
    const at = Math.max(publication.advice.at, timeline.now());
    const habit = this.#habit();
    timeline.at(habit === "late" ? at + LATE_MS : at, () => this.#act(publication, habit));
  }

  #habit(): MerchantHabit {
    const habits = this.#run.plan.advice?.habits ?? [];
    const habit = habits[this.#charges % habits.length] ?? "follows";
    this.#charges += 1;
    return habit;
  }

  #act(publication: ChargeAdvice, habit: MerchantHabit): void {
    const { advice } = publication;
    const key = advice.attemptKey ?? "";
    if (habit === "never") return this.#run.tally.count("advice_not_followed");
    if (habit !== "late" && !this.#isInForce(publication)) return;
    // A careful merchant charges once for a key; a late one does not look whether the debt is paid.
    if (habit !== "twice" && this.#charged.has(key)) return;
    if (habit === "late" && this.#run.dodo.succeeded.length > 0) return;
    this.#charged.add(key);
    this.#charge(habit === "keyless" ? {} : { recovery_attempt: key });
    if (habit === "twice") this.#charge({ recovery_attempt: key });
    this.#run.tally.count(`merchant_${habit}`);
  }

  #isInForce({ id, debtId, advice }: ChargeAdvice): boolean {
    const now = this.#run.timeline.now();
    const standing = this.#received.filter((one) => isStanding(one) && one.debtId === debtId);
    const newest = standing.toSorted((one, other) => numberOf(one) - numberOf(other)).at(-1);
    return newest?.id === id && now < (advice.validUntil ?? now + 1);
  }

  #charge(metadata: Record<string, string>): void {
    const { dodo, plan } = this.#run;
    const verdict = plan.verdicts[dodo.payments.length - 1] ?? { kind: "succeed" };
    dodo.merchantCharges(verdict, { invoice_id: "in_1", ...metadata });
  }
}

function isCharge(publication: Publication): publication is ChargeAdvice {
  return publication.advice?.action === "charge" && publication.advice.at !== null;
}

const isStanding = ({ advice }: Publication): boolean =>
  advice !== undefined &&
  advice.action !== "notify_customer" &&
  advice.action !== "cancel_subscription";

const isNewer = (one: Publication, other: Publication): boolean => numberOf(one) > numberOf(other);

const numberOf = ({ id }: Publication): number => Number(id.split("-").at(-1));
