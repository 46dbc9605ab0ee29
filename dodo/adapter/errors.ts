import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from "dodopayments";
import { failureOfAnswer, failureOfConnection, TIMED_OUT } from "../failures.ts";
import { DodoError, type DodoFailure } from "../port.ts";
import { fieldsOf, textOf } from "../shapes.ts";

/** Waits for a call of the SDK. @throws DodoError for every error of the SDK */
export async function translated<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new DodoError(failureOfSdkError(error));
  }
}

/** Why a request failed, from the error of Dodo's SDK. */
export function failureOfSdkError(error: unknown): DodoFailure {
  if (error instanceof APIConnectionTimeoutError) return TIMED_OUT;
  if (error instanceof APIConnectionError) return failureOfConnection(causeCodes(error.cause));
  if (error instanceof APIUserAbortError)
    return { kind: "unknown", detail: "the request was aborted" };
  if (error instanceof APIError && typeof error.status === "number") {
    return failureOfAnswer(error.status, codeIn(error.error) ?? `HTTP_${error.status}`);
  }
  return { kind: "unknown", detail: error instanceof Error ? error.message : String(error) };
}

/** The codes of all causes. A host with several addresses gives one code for each. */
function causeCodes(cause: unknown): string[] {
  const fields = fieldsOf(cause);
  const own = textOf(fields["code"]);
  const several = Array.isArray(fields["errors"]) ? fields["errors"] : [];
  const below = [
    ...several.flatMap(causeCodes),
    ...(fields["cause"] == null ? [] : causeCodes(fields["cause"])),
  ];
  return [...new Set([...(own === null ? [] : [own]), ...below])];
}

/** The error code in the body of an answer; null if it has none. */
export function codeIn(body: unknown): string | null {
  const fields = fieldsOf(body);
  return textOf(fields["code"]) ?? textOf(fieldsOf(fields["error"])["code"]);
}
