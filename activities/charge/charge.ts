import { isSilent } from "../../domain/state/outcome.ts";
import { type DodoFailure, failureOf, type Metadata, type RecoveryPort } from "../../dodo/port.ts";
import type { ChargeOutcome } from "../../domain/state/event.ts";
import type { PaymentId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { EarlierRunsReader } from "../evidence/read-dodo.ts";
import { metadataDigest } from "../metadata-digest.ts";
import type { ChargeInput } from "./charge-input.ts";
import { chargeMetadata } from "./charge-metadata.ts";
import { notAttempted, notAttemptedBy } from "./not-attempted.ts";
import { type PreChargeCheck, preChargeCheck } from "./pre-charge-check.ts";

/** The clocks, and what earlier runs of the recovery did. */
export type ChargeDependencies = ChargeClock & { readonly readEarlierRuns: EarlierRunsReader };

export type ChargeClock = {
  /** The wall clock; in tests that skip time, the workflow's time. */
  readonly now: () => Instant;
  /** Continues even if the wall clock is set back. */
  readonly monotonicMs: () => number;
};

/**
 * How long after the start of the activity, and so of the pre-charge check, the request may leave. It must be less than
 * `CHARGE_SENT_WITHIN_MS` of workflows/recovery/perform.ts, which the fence relies on.
 * @source docs/RECOVERY.md, "Charging"
 */
export const FRESH_MS = 5_000;

type Stamp = { readonly wall: Instant; readonly monotonic: number };

/**
 * One attempt: reads Dodo, then sends at most one POST. Errors of Dodo and the network are outcomes, so it does not throw for
 * them. It adopts an earlier payment with the same key, so the same attempt can safely run twice.
 * @source docs/RECOVERY.md, "Charging"
 */
export async function charge(
  input: ChargeInput,
  dodo: RecoveryPort,
  dependencies: ChargeDependencies,
): Promise<ChargeOutcome> {
  const clock: ChargeClock = dependencies;
  const started = stampOf(clock);
  const { readEarlierRuns } = dependencies;
  const check = await preChargeCheck(input, dodo, readEarlierRuns, started.wall);
  if (check.kind === "stop") return check.outcome;
  const outcome = await chargeIfInTime(input, check, dodo, { clock, started });
  const { customerPaymentsUnknown } = check;
  return customerPaymentsUnknown === null ? outcome : { ...outcome, customerPaymentsUnknown };
}

async function chargeIfInTime(
  input: ChargeInput,
  check: PreChargeCheck & { readonly kind: "clear" },
  dodo: RecoveryPort,
  { clock, started }: { readonly clock: ChargeClock; readonly started: Stamp },
): Promise<ChargeOutcome> {
  const late = tooLate(input, clock, started);
  if (late !== null) return late;
  if (isSilent(input.mode)) return notAttempted("shadow", "it would have been sent now");
  const { retryOf } = check;
  if (retryOf !== null) return await outcomeOf(dodo.manualRetry(retryOf), null, clock);
  const { amountMinor } = input;
  if (amountMinor === null) return notAttempted("amount_unknown", "the price is unknown");
  const metadata = chargeMetadata(check.metadata, input);
  return await outcomeOf(send({ ...input, amountMinor }, metadata, dodo), metadata, clock);
}

async function send(
  input: ChargeInput & { readonly amountMinor: number },
  metadata: Metadata,
  dodo: RecoveryPort,
): Promise<PaymentId> {
  const {
    key: idempotencyKey,
    subscriptionId,
    amountMinor,
    currency,
    description,
    requested,
  } = input;
  return await dodo.charge({
    idempotencyKey,
    subscriptionId,
    amountMinor,
    currency,
    description,
    feesInclusive: requested?.feesInclusive ?? null,
    credits: requested?.credits ?? null,
    metadata,
  });
}

/** The outcome of the POST. */
async function outcomeOf(
  request: Promise<PaymentId>,
  metadata: Metadata | null,
  clock: ChargeClock,
): Promise<ChargeOutcome> {
  const proof = metadata === null ? {} : { metadataDigest: metadataDigest(metadata) };
  try {
    return { kind: "accepted", paymentId: await request, adopted: false, ...proof };
  } catch (error) {
    const outcome = failedOutcome(failureOf(error), clock);
    return outcome.kind === "unknown" ? { ...outcome, ...proof } : outcome;
  }
}

/** The request must leave soon after the start, and before the attempt is overdue. */
function tooLate(input: ChargeInput, clock: ChargeClock, started: Stamp): ChargeOutcome | null {
  if (clock.now() > input.latestStartAt) {
    return notAttempted("overdue", "the attempt's latest start has passed");
  }
  if (ageOf(clock, started) > FRESH_MS) return notAttempted("stale", "reading took too long");
  return null;
}

function stampOf(clock: ChargeClock): Stamp {
  return { wall: clock.now(), monotonic: clock.monotonicMs() };
}

/** Takes the larger of two ages: the monotonic clock stops while the machine is suspended, and the wall clock can be set back. */
function ageOf(clock: ChargeClock, since: Stamp): number {
  return Math.max(clock.now() - since.wall, clock.monotonicMs() - since.monotonic);
}

function failedOutcome(failure: DodoFailure, clock: ChargeClock): ChargeOutcome {
  switch (failure.kind) {
    case "unsent":
      return notAttempted("unreachable", failure.detail);
    case "rate_limited":
      return notAttemptedBy("rate_limited", failure.answer);
    case "payment_pending":
      return notAttemptedBy("payment_pending", failure.answer);
    case "unauthorized":
      return notAttemptedBy("unauthorized", failure);
    case "refused":
      return failure;
    case "unknown":
      return { ...failure, sentNoLaterThan: clock.now() };
  }
}
