import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from "dodopayments";
import type { DodoAnswer } from "../../domain/values/dodo-answer.ts";
import { codeTextOf, requestIdOf } from "../answer-text.ts";
import { type Charging, failureOfAnswer, failureOfConnection, TIMED_OUT } from "../failures.ts";
import { DodoError, type DodoFailure } from "../port.ts";
import { fieldsOf, textOf } from "../shapes.ts";

/** Waits for a call of the SDK. @throws DodoError for every error of the SDK */
export async function translated<T>(
  call: Promise<T>,
  charging: Charging = "charges_nothing",
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new DodoError(failureOfSdkError(error, charging));
  }
}

/** Why a request failed, from the error of Dodo's SDK. */
export function failureOfSdkError(
  error: unknown,
  charging: Charging = "charges_nothing",
): DodoFailure {
  if (error instanceof APIConnectionTimeoutError) return TIMED_OUT;
  if (error instanceof APIConnectionError) return failureOfConnection(causeCodes(error.cause));
  if (error instanceof APIUserAbortError)
    return { kind: "unknown", detail: "the request was aborted" };
  if (error instanceof APIError && typeof error.status === "number") {
    const { code, httpStatus, ...more } = answerIn(error.status, error.error, error.headers);
    return failureOfAnswer(httpStatus, code, { ...more, charging });
  }
  // Its message may quote the answer: that of a JSON parser does.
  const name = error instanceof Error ? error.name : typeof error;
  return { kind: "unknown", detail: `the answer could not be read (${name})` };
}

/** What a history keeps of an error that Dodo answered. */
export function answerIn(
  httpStatus: number,
  body: unknown,
  headers: Pick<Headers, "get"> | undefined,
): DodoAnswer {
  const requestId = headers === undefined ? null : requestIdOf(headers);
  const code = codeIn(body) ?? `HTTP_${httpStatus}`;
  return { code, httpStatus, ...(requestId === null ? {} : { requestId }) };
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
function codeIn(body: unknown): string | null {
  const fields = fieldsOf(body);
  return codeTextOf(fields["code"]) ?? codeTextOf(fieldsOf(fields["error"])["code"]);
}
