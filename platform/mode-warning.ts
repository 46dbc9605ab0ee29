import type { Mode } from "../domain/state/outcome.ts";

/** What a person must know of a mode before anything else; null where it is the usual one. */
export function modeWarning(mode: Mode, environment: "test_mode" | "live_mode"): string | null {
  if (mode === "shadow") {
    return `SHADOW MODE (${environment}): decisions are recorded, nothing is sent and nobody is charged.`;
  }
  return environment === "live_mode"
    ? "LIVE: it charges real cards and writes to real customers."
    : null;
}
