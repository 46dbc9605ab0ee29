import type { Policy, PolicyProblem } from "./policy.ts";
import { DAY_MS } from "./values/time.ts";

/** The charge that failed, and three retries. @source docs/dodo/charging.md, "Retry calendar" */
const ATTEMPTS_ADVISED_MAX = 4;

/** @source docs/dodo/charging.md, "Retry calendar" */
const GAP_ADVISED_MIN_MS = DAY_MS;

const CONSENT = "take that risk for real customers with `accept_risk: true`";

/**
 * What a policy needs the merchant's consent for before it charges real customers: charging more often or faster than Dodo
 * advises. Empty if the policy keeps to the advice, or has `accept_risk: true`.
 */
export function riskProblems({ retry, acceptRisk }: Policy): PolicyProblem[] {
  if (acceptRisk) return [];
  const attempts = retry.gapsMs.length + 1;
  const isOften = attempts > ATTEMPTS_ADVISED_MAX;
  const isFast = retry.gapsMs.some((gap) => gap < GAP_ADVISED_MIN_MS);
  const often = `makes ${attempts} attempts in all, and more than ${ATTEMPTS_ADVISED_MAX} look like card testing: leave gaps out, or ${CONSENT}`;
  const fast = `is shorter than 24h, and charges in quick succession look like card testing: make it longer, or ${CONSENT}`;
  return [
    ...(isOften ? [{ path: "retry.gaps", problem: often }] : []),
    ...(isFast ? [{ path: "retry.gaps", problem: `one ${fast}` }] : []),
    ...(retry.transientGapMs < GAP_ADVISED_MIN_MS
      ? [{ path: "retry.transient_gap", problem: fast }]
      : []),
  ];
}
