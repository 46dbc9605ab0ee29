import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from "dodopayments";
import type { DodoRefusal } from "../domain/state/refusal.ts";
import { classOfAnswer, refusalOf } from "./refusals.ts";
import { fieldsOf, textOf } from "./shapes.ts";

/**
 * What an error of Dodo's SDK means for the request that met it.
 * `unsent` = certainly not received · `unknown` = it may have been carried out · the others are Dodo's own answer.
 * @source landscape.md 6 (Stripe's classes), dodo.md 5.3 and 8.2
 */
export type DodoFailure =
  | { readonly kind: "unsent"; readonly detail: string }
  | { readonly kind: "unknown"; readonly detail: string }
  | { readonly kind: "rate_limited"; readonly detail: string }
  | { readonly kind: "payment_pending"; readonly detail: string }
  | { readonly kind: "unauthorized"; readonly httpStatus: number; readonly code: string }
  | DodoRefusal;

// The connection was never made, so no request left: DNS, refused, no route, connect time-out.
const UNSENT_CODES = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export function failureOf(error: unknown): DodoFailure {
  if (error instanceof APIConnectionTimeoutError) {
    return { kind: "unknown", detail: "the request timed out" };
  }
  if (error instanceof APIConnectionError) return connectionFailure(error);
  if (error instanceof APIUserAbortError)
    return { kind: "unknown", detail: "the request was aborted" };
  if (error instanceof APIError && typeof error.status === "number") {
    return answered(error.status, codeOf(error));
  }
  return { kind: "unknown", detail: error instanceof Error ? error.message : String(error) };
}

function connectionFailure(error: APIConnectionError): DodoFailure {
  const codes = causeCodes(error.cause);
  const detail = codes.length === 0 ? "the connection failed" : codes.join(", ");
  const isUnsent = codes.length > 0 && codes.every((code) => UNSENT_CODES.has(code));
  return { kind: isUnsent ? "unsent" : "unknown", detail };
}

/** The codes of all causes: a refused host with several addresses gives one for each. */
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

/** An answer came. What is not a certain no is unknown. */
function answered(status: number, code: string): DodoFailure {
  switch (classOfAnswer(status, code)) {
    case "idempotency":
      return { kind: "payment_pending", detail: code };
    case "authentication":
    case "permission":
      return { kind: "unauthorized", httpStatus: status, code };
    case "rate_limit":
      return { kind: "rate_limited", detail: code };
    case "connection":
    case "api_error":
      return { kind: "unknown", detail: `HTTP ${status} ${code}` };
    case "invalid_request":
      return refusalOf(status, code);
  }
}

const codeOf = (error: APIError): string => codeIn(error.error) ?? `HTTP_${error.status}`;

/** Dodo's code in the body of a refusal; null where it names none. */
export function codeIn(body: unknown): string | null {
  const fields = fieldsOf(body);
  return textOf(fields["code"]) ?? textOf(fieldsOf(fields["error"])["code"]);
}
