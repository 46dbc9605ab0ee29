import { describeAnswer, type DodoAnswer } from "../domain/values/dodo-answer.ts";
import type { DodoFailure } from "./port.ts";
import { classOfAnswer, classOfChargeAnswer, refusalOf } from "./refusals.ts";

/** Whether a request may charge. */
export type Charging = "may_charge" | "charges_nothing";

/** Dodo answered with an error. @source docs/dodo/api.md, "Errors" */
export function failureOfAnswer(
  httpStatus: number,
  code: string,
  { requestId, charging }: { readonly requestId?: string; readonly charging?: Charging } = {},
): DodoFailure {
  const answer: DodoAnswer = {
    code,
    httpStatus,
    ...(requestId === undefined ? {} : { requestId }),
  };
  const detail = describeAnswer(answer);
  const classify = charging === "may_charge" ? classOfChargeAnswer : classOfAnswer;
  switch (classify(httpStatus, code)) {
    case "idempotency":
      return { kind: "payment_pending", detail, answer };
    case "authentication":
    case "permission":
      return { kind: "unauthorized", ...answer };
    case "rate_limit":
      return { kind: "rate_limited", detail, answer };
    case "connection":
    case "api_error":
      return { kind: "unknown", detail, answer };
    case "invalid_request":
      return refusalOf(httpStatus, code, requestId);
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

/** Anything else is not a code, and may quote what was sent. */
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
const CODES_MAX = 8;

/** No answer arrived. @param codes of all causes, as Node.js and undici name them */
export function failureOfConnection(codes: readonly string[]): DodoFailure {
  const known = codes.filter((code) => CODE.test(code)).slice(0, CODES_MAX);
  const detail = known.length === 0 ? "the connection failed" : known.join(", ");
  const isUnsent = codes.length > 0 && codes.every((code) => UNSENT_CODES.has(code));
  return { kind: isUnsent ? "unsent" : "unknown", detail };
}

export const TIMED_OUT: DodoFailure = { kind: "unknown", detail: "the request timed out" };
