import { failureOfAnswer, failureOfConnection, TIMED_OUT } from "../../dodo/failures.ts";
import type { DodoFailure } from "../../dodo/port.ts";

/** The model refuses a request, or fails over it: what HTTP would carry. */
export class ModelRefusal extends Error {
  override readonly name = "ModelRefusal";
  readonly httpStatus: number;
  readonly code: string;

  constructor(httpStatus: number, code: string) {
    super(`${code} (HTTP ${httpStatus})`);
    this.httpStatus = httpStatus;
    this.code = code;
  }
}

/** No answer comes. */
export class ModelSilence extends Error {
  override readonly name = "ModelSilence";
  /** As Node names the cause; null = the request timed out. */
  readonly code: string | null;

  constructor(code: string | null) {
    super(code ?? "timed out");
    this.code = code;
  }
}

/** What the product's own client would make of it; null for what no request meets. */
export function failureOfModel(error: unknown): DodoFailure | null {
  if (error instanceof ModelRefusal) return failureOfAnswer(error.httpStatus, error.code);
  if (!(error instanceof ModelSilence)) return null;
  return error.code === null ? TIMED_OUT : failureOfConnection([error.code]);
}
