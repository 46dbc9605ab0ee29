import type { DodoFailure } from "./port.ts";
import { classOfAnswer, refusalOf } from "./refusals.ts";

/** Dodo answered with an error. @source docs/dodo/api.md, "Errors" */
export function failureOfAnswer(httpStatus: number, code: string): DodoFailure {
  switch (classOfAnswer(httpStatus, code)) {
    case "idempotency":
      return { kind: "payment_pending", detail: code };
    case "authentication":
    case "permission":
      return { kind: "unauthorized", httpStatus, code };
    case "rate_limit":
      return { kind: "rate_limited", detail: code };
    case "connection":
    case "api_error":
      return { kind: "unknown", detail: `HTTP ${httpStatus} ${code}` };
    case "invalid_request":
      return refusalOf(httpStatus, code);
  }
}

/** Codes of a connection that was never established, so no request left: DNS, refused, no route, connection time-out. */
const UNSENT_CODES = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** No answer arrived. @param codes of all causes, as Node.js and undici name them */
export function failureOfConnection(codes: readonly string[]): DodoFailure {
  const detail = codes.length === 0 ? "the connection failed" : codes.join(", ");
  const isUnsent = codes.length > 0 && codes.every((code) => UNSENT_CODES.has(code));
  return { kind: isUnsent ? "unsent" : "unknown", detail };
}

export const TIMED_OUT: DodoFailure = { kind: "unknown", detail: "the request timed out" };
