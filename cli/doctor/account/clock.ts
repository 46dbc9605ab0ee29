import { MINUTE_MS, SECOND_MS } from "../../../domain/values/time.ts";
import { type Check, fail, type Finding, ok, unknown, warn } from "../check.ts";
import { whyAbsent } from "../settings.ts";

/** Webhooks are refused from here on. @source docs/dodo/webhooks.md, "Signature" */
const TOLERANCE_MS = 5 * MINUTE_MS;

const SUSPICIOUS_MS = 30 * SECOND_MS;

const MEND = "Synchronize this machine's clock: timedatectl set-ntp true";

/** @param aheadMs how far the other clock is ahead of this machine's */
export function clockFinding(whose: string, aheadMs: number): Finding {
  const apart = Math.abs(aheadMs);
  const seconds = Math.round(apart / SECOND_MS);
  const side = aheadMs > 0 ? "behind" : "ahead of";
  const detail = `This machine's clock is ${seconds} s ${side} ${whose}.`;
  if (apart >= TOLERANCE_MS) {
    return fail(`${detail} Webhooks more than 5 minutes off are refused.`, MEND);
  }
  return apart >= SUSPICIOUS_MS
    ? warn(detail, MEND)
    : ok(`Within ${Math.max(seconds, 1)} s of ${whose}.`);
}

/** The header `Date` of an answer that was asked for anyway. */
export const dodoClockCheck: Check = {
  name: "clock.dodo",
  what: "Clock, by Dodo",
  run: async ({ dodo, settings }) => {
    const reading = await dodo.clock();
    if (reading !== null) return clockFinding("Dodo's", reading.aheadMs);
    return (await dodo.key()).kind === "missing"
      ? unknown(whyAbsent(settings, "DODO_PAYMENTS_API_KEY"))
      : unknown("No answer of Dodo had a date.");
  },
};
