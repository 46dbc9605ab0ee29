import {
  type Charging,
  failureOfAnswer,
  failureOfConnection,
  TIMED_OUT,
} from "../../dodo/failures.ts";
import type { DodoFailure } from "../../dodo/port.ts";
import type { RequestFault } from "./ledger.ts";
import type { Timeline } from "./timeline.ts";

/** Dodo answers with this status and code. */
export class ModelApiError extends Error {
  override readonly name = "ModelApiError";
  readonly httpStatus: number;
  readonly code: string;

  constructor(httpStatus: number, code: string) {
    super(`${code} (HTTP ${httpStatus})`);
    this.httpStatus = httpStatus;
    this.code = code;
  }
}

/** Dodo's answer does not arrive. */
export class ModelConnectionError extends Error {
  override readonly name = "ModelConnectionError";
  /** Node's error code; null: the request timed out. */
  readonly code: string | null;

  constructor(code: string | null) {
    super(code ?? "timed out");
    this.code = code;
  }
}

export const apiError = (httpStatus: number, code: string): ModelApiError =>
  new ModelApiError(httpStatus, code);

export const connectionLost = (code: string): ModelConnectionError =>
  new ModelConnectionError(code);

export const timedOut = (): ModelConnectionError => new ModelConnectionError(null);

/** What the product's own client makes of an error of the model; null for any other error. */
export function failureOfModel(error: unknown, charging: Charging): DodoFailure | null {
  if (error instanceof ModelApiError) {
    return failureOfAnswer(error.httpStatus, error.code, { charging });
  }
  if (!(error instanceof ModelConnectionError)) return null;
  return error.code === null ? TIMED_OUT : failureOfConnection([error.code]);
}

/** Carries out a mutation, with its fault injected before or after it. */
export async function withRequestFault<T>(
  fault: Exclude<RequestFault, { kind: "unsent" }> | null,
  timeline: Timeline,
  act: () => T,
): Promise<T> {
  switch (fault?.kind) {
    case undefined:
      await timeline.pass(200);
      return act();
    case "refuse":
      throw apiError(fault.httpStatus, fault.code);
    case "slow_after": {
      const result = act();
      await timeline.pass(30_000);
      return result;
    }
    case "lost_before":
      throw connectionLost("ECONNRESET");
    case "timeout_before":
      await timeline.pass(60_000);
      throw timedOut();
    case "error_before":
      throw apiError(fault.httpStatus, fault.code ?? "INTERNAL_SERVER_ERROR");
    case "lost_after":
      act();
      throw connectionLost("ECONNRESET");
    case "timeout_after":
      act();
      await timeline.pass(60_000);
      throw timedOut();
    case "error_after":
      act();
      throw apiError(fault.httpStatus, fault.code ?? "INTERNAL_SERVER_ERROR");
  }
}
