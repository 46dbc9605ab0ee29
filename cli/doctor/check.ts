import type { Subject } from "./subject.ts";

/** `unknown`: it could not be checked; the detail says why. */
export const CHECK_STATUSES = ["ok", "warn", "fail", "unknown"] as const;

export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** What a check found. */
export type Finding = {
  readonly status: CheckStatus;
  /** A sentence or a few words. Never the value of a secret. */
  readonly detail: string;
  /** What to do: a command where there is one. Null where nothing is to be done. */
  readonly mend: string | null;
};

/** One line of `reprise doctor`. */
export type Check = {
  /** Stable, for programs. */
  readonly name: string;
  /** For people. */
  readonly what: string;
  /** Requests that follow each other, at most: each may take the command's time-out. One if left out. */
  readonly requests?: number;
  /** Changes nothing anywhere. What it throws makes the line `unknown`. */
  readonly run: (subject: Subject) => Promise<Finding> | Finding;
};

export type CheckGroup = { readonly title: string; readonly checks: readonly Check[] };

export const ok = (detail: string): Finding => ({ status: "ok", detail, mend: null });

export const warn = (detail: string, mend: string | null): Finding => ({
  status: "warn",
  detail,
  mend,
});

export const fail = (detail: string, mend: string): Finding => ({ status: "fail", detail, mend });

export const unknown = (detail: string, mend: string | null = null): Finding => ({
  status: "unknown",
  detail,
  mend,
});
