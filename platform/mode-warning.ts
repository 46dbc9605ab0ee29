import type { Mode } from "../domain/state/outcome.ts";

/** What an operator must know about a mode at start; null in the ordinary one (`act` in `test_mode`). */
export function modeWarning(mode: Mode, environment: "test_mode" | "live_mode"): string | null {
  if (mode === "shadow") {
    return `SHADOW MODE (${environment}): decisions are recorded; nothing is sent or charged.`;
  }
  if (mode === "advise") {
    return `ADVISE MODE (${environment}): decisions go out as webhooks; nothing is sent to customers or charged.`;
  }
  return environment === "live_mode"
    ? "LIVE MODE: real cards are charged and real customers get emails."
    : null;
}
