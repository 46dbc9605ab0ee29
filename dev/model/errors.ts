import { APIConnectionError, APIError } from "dodopayments";

/** The error that the SDK throws when Dodo answers with this status and code. */
export function apiError(httpStatus: number, code: string): APIError {
  return APIError.generate(httpStatus, { code, message: code }, undefined, new Headers());
}

/** The error that the SDK throws when the connection breaks, with Node's error code as its cause. */
export function connectionLost(code: string): APIConnectionError {
  const cause = Object.assign(new Error(code), { code });
  return new APIConnectionError({ cause });
}
