import { type DeclineClass, HANDLING, type Handling } from "./handling.ts";

/** What a decline code means for this recovery. */
export type Decline = {
  /** Normalised: upper case, no padding; `UNKNOWN` where Dodo gave none. */
  readonly code: string;
  readonly declineClass: DeclineClass;
  readonly handling: Handling;
  readonly transient: boolean;
  readonly masked: boolean;
  /** False for a code that is not in our table: the operator is told. */
  readonly known: boolean;
};

/** A merchant's own handling of a code, from the policy file. */
export type CodeOverrides = Readonly<Record<string, Handling>>;

const ROWS = new Map(HANDLING.map((row) => [row.code, row]));

/** Dodo's guide also writes codes in lower case; `error_code` is an open string in its SDK. */
export function normaliseCode(code: string | null): string {
  const text = (code ?? "").trim().toUpperCase().replaceAll("-", "_").slice(0, 64);
  return text === "" ? "UNKNOWN" : text;
}

/**
 * What to do about a decline. An unknown code is never retried blindly: only the customer can mend it,
 * and the operator is told. An override changes the handling, never the mask: what must stay hidden stays so.
 * @source reference policy, "Unknown code"; Dodo, transaction-failures, "never tell the customer the true reason"
 */
export function classifyDecline(code: string | null, overrides: CodeOverrides): Decline {
  const normalised = normaliseCode(code);
  const row = ROWS.get(normalised);
  return {
    code: normalised,
    declineClass: row?.declineClass ?? "soft",
    handling: overrides[normalised] ?? row?.handling ?? "customer",
    transient: row?.transient ?? false,
    masked: row?.masked ?? false,
    known: row !== undefined || overrides[normalised] !== undefined,
  };
}

// A repeated "not enough money" says nothing new: these wait out the whole schedule. @source design, "Rules"
const REPEATABLE = new Set(["INSUFFICIENT_FUNDS", "LIMIT_EXCEEDED", "CARD_VELOCITY_EXCEEDED"]);

/**
 * How many times in a row one code may come before the schedule stops; null for no limit.
 * @param limit the policy's `repeated_code_limit`
 * @source Dodo, ondemand-subscriptions: "if the same decline repeats, pause further retries"
 */
export function repetitionLimit(code: string, limit: number): number | null {
  if (REPEATABLE.has(code)) return null;
  // One careful resubmission, as the code itself asks for.
  return code === "REENTER_TRANSACTION" ? Math.min(2, limit) : limit;
}
