import { type DeclineClass, HANDLING, type Handling, isNeverRetried } from "./handling.ts";

/** What a decline code means to a recovery. */
export type Decline = {
  /** Upper case, trimmed; `UNKNOWN` where Dodo sent none. */
  readonly code: string;
  readonly declineClass: DeclineClass;
  readonly handling: Handling;
  /** The card is never charged again. A policy may add codes to these, and take none away. */
  readonly blocksCard: boolean;
  readonly transient: boolean;
  readonly masked: boolean;
  /** False for a code that neither the table nor the policy has. The operator is notified. */
  readonly known: boolean;
};

/** The merchant's own handling of codes, from the policy file. */
export type CodeOverrides = Readonly<Record<string, Handling>>;

const ROWS = new Map(HANDLING.map((row) => [row.code, row]));

/** Dodo's guide also writes codes in lower case, and its SDK types `error_code` as any string. */
export function normaliseCode(code: string | null): string {
  const text = (code ?? "").trim().toUpperCase().replaceAll("-", "_").slice(0, 64);
  return text === "" ? "UNKNOWN" : text;
}

/**
 * What to do about a decline. An unknown code is not retried: the customer is asked, and the operator is notified. An
 * override changes the handling and never the mask.
 * @source docs/dodo/declines.md, "Contradictions" and "Masked codes"
 */
export function classifyDecline(code: string | null, overrides: CodeOverrides): Decline {
  const normalised = normaliseCode(code);
  const row = ROWS.get(normalised);
  const handling = overrideOf(normalised, overrides) ?? row?.handling ?? "customer";
  return {
    code: normalised,
    declineClass: row?.declineClass ?? "soft",
    handling,
    blocksCard: handling === "never" || row?.handling === "never",
    transient: row?.transient ?? false,
    masked: row?.masked ?? false,
    known: row !== undefined || overrides[normalised] !== undefined,
  };
}

/** A recovery may have pinned a policy of a version that let a final decline be retried: that override does not count. */
function overrideOf(code: string, overrides: CodeOverrides): Handling | undefined {
  const override = overrides[code];
  return override === "retry" && isNeverRetried(code) ? undefined : override;
}

// Balances and limits recover with time, so these codes may repeat for the whole schedule.
const REPEATABLE = new Set(["INSUFFICIENT_FUNDS", "LIMIT_EXCEEDED", "CARD_VELOCITY_EXCEEDED"]);

/**
 * How many times in a row a code may come before the schedule stops; null for no limit.
 * @param limit the policy's `repeated_code_limit`
 * @source Dodo, developer-resources/ondemand-subscriptions: "if the same decline repeats, pause further retries"
 */
export function repetitionLimit(code: string, limit: number): number | null {
  if (REPEATABLE.has(code)) return null;
  // The code itself asks for one resubmission.
  return code === "REENTER_TRANSACTION" ? Math.min(2, limit) : limit;
}
