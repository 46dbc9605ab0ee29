import { APIConnectionError, APIError } from "dodopayments";

/** What the SDK throws for an answer of Dodo's, and for a connection that broke. */
export function answerOf(httpStatus: number, code: string): APIError {
  return APIError.generate(httpStatus, { code, message: code }, undefined, new Headers());
}

export function connectionLost(code: string): APIConnectionError {
  const cause = Object.assign(new Error(code), { code });
  return new APIConnectionError({ cause });
}
