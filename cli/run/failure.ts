/** Exit codes of `reprise`. @source sysexits.h, EX_UNAVAILABLE, EX_SOFTWARE and EX_CONFIG */
export const EXIT = {
  done: 0,
  /** Or: the command found something. */
  refused: 1,
  usage: 2,
  unreachable: 69,
  internal: 70,
  configuration: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export type FailureKind = Exclude<keyof typeof EXIT, "done">;

/** Why a command did not do what was asked, and what to do about it. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly kind: FailureKind;
  /** A sentence; null where the message says it all. */
  readonly advice: string | null;
  /** The API's problem document, if it sent one. */
  readonly problem: unknown;
  constructor(
    kind: FailureKind,
    message: string,
    more: { readonly advice?: string | null; readonly problem?: unknown } = {},
  ) {
    super(message);
    this.kind = kind;
    this.advice = more.advice ?? null;
    this.problem = more.problem ?? null;
  }
}
