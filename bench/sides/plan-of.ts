import type { ReceivedMail } from "../../dev/local-stack/received-mail.ts";
import type { RequestEntry } from "../../sandbox/model/state/logs.ts";
import type { Plan, Step } from "../floors/recovery/plan.ts";

export type ObservedRecovery = {
  /** When its first charge failed, milliseconds since 1970. */
  readonly openedAt: number;
  /** What reached Dodo for it, in order. */
  readonly requests: readonly Pick<RequestEntry, "method" | "path" | "receivedAt" | "mutating">[];
  readonly mails: readonly Pick<ReceivedMail, "at">[];
};

/** Calls that are closer to each other than this belong to one step. */
const STEP_GAP_MS = 400;

/**
 * What the floor is to do, from what the product was seen to do: the same calls, charges and mails at the same moments.
 * Recoveries of the bench have seconds between their steps, so that a gap in time parts them.
 *
 * @throws if two steps came together
 */
export function planOf({
  openedAt,
  requests,
  mails,
}: ObservedRecovery): Pick<Plan, "steps" | "afterSuccess"> {
  const moments = [
    ...requests.map(({ receivedAt, method, path, mutating }) => ({
      at: receivedAt,
      read: method === "GET" ? routeOf(path) : null,
      charges: mutating,
      mails: false,
    })),
    ...mails.map(({ at }) => ({ at: Date.parse(at), read: null, charges: false, mails: true })),
  ].toSorted((a, b) => a.at - b.at);
  const steps: Step[] = [];
  const afterSuccess: string[] = [];
  const charges = moments.filter((one) => one.charges).length;
  const seen = { charges: 0, at: Number.NEGATIVE_INFINITY };
  for (const { at, read, charges: isCharge, mails: isMail } of moments) {
    const isAfterSuccess = seen.charges === charges && charges > 0;
    const step = steps.at(-1);
    const isNew = step === undefined || at - seen.at > STEP_GAP_MS || step.mails || step.charges;
    seen.at = at;
    if (isAfterSuccess) {
      if (read !== null) afterSuccess.push(read);
      continue;
    }
    if (isCharge) seen.charges += 1;
    const reads = read === null ? [] : [read];
    if (isNew) steps.push({ atMs: at - openedAt, reads, charges: isCharge, mails: isMail });
    else {
      steps[steps.length - 1] = {
        atMs: step.atMs,
        reads: [...step.reads, ...reads],
        charges: step.charges || isCharge,
        mails: step.mails || isMail,
      };
    }
  }
  const mailSteps = steps.filter((step) => step.mails).length;
  const chargeSteps = steps.filter((step) => step.charges).length;
  // The last mail follows the charge that succeeds.
  if (mailSteps !== mails.length - 1 || chargeSteps !== charges)
    throw new Error("two steps of the recovery came together: the machine is too slow");
  return { steps, afterSuccess };
}

/** A path with the recovery's own ids left out. */
export function routeOf(path: string): string {
  return path
    .replace(/sub_\w+/, ":subscriptionId")
    .replace(/cus_\w+/, ":customerId")
    .replace(/pay_\w+/, ":paymentId")
    .replace(/pdt_\w+/, ":productId");
}
