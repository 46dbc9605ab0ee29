import type { DodoRefusal, RefusalMeaning } from "../domain/state/event.ts";
import type { AnswerClass } from "./error-classes.ts";

type RefusalRow = {
  readonly errorClass: AnswerClass;
  /** Null if the class says it all. */
  readonly meaning: RefusalMeaning | null;
};

const refused = (meaning: RefusalMeaning): RefusalRow => ({
  errorClass: "invalid_request",
  meaning,
});
const INVALID = refused("invalid_request");

/**
 * The codes of Dodo's answers to a charge, and what each means. The code decides, regardless of the HTTP status.
 * @source docs/dodo/charging.md, "Refusals"; docs/dodo/open-questions.md, "Status of a refusal"
 */
export const REFUSALS: Readonly<Record<string, RefusalRow>> = {
  PREVIOUS_PAYMENT_PENDING: { errorClass: "idempotency", meaning: null },
  SUBSCRIPTION_INACTIVE: refused("customer_must_pay"),
  SUBSCRIPTION_EXPIRED: refused("subscription_expired"),
  SUBSCRIPTION_NOT_ON_DEMAND: INVALID,
  SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED: refused("customer_must_pay"),
  CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION: refused("customer_must_pay"),
  TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT: INVALID,
  REQUEST_AMOUNT_BELOW_MINIMUM: INVALID,
  NO_ELIGIBLE_PAYMENT_METHODS: refused("customer_must_pay"),
  UNSUPPORTED_CURRENCY: INVALID,
  UNSUPPORTED_BILLING_CURRENCY: INVALID,
  EXCHANGE_RATE_NOT_FOUND: INVALID,
  MAXIMUM_KEYS_REACHED: INVALID,
  INVALID_REQUEST_BODY: INVALID,
  INVALID_REQUEST_PARAMETERS: INVALID,
  NOT_FOUND: refused("not_found"),
  MERCHANT_NOT_LIVE: INVALID,
  UNAUTHORIZED: { errorClass: "authentication", meaning: null },
  RBAC_ACCESS_DENIED: { errorClass: "permission", meaning: null },
  TOO_MANY_REQUESTS: { errorClass: "rate_limit", meaning: null },
  INTERNAL_SERVER_ERROR: { errorClass: "api_error", meaning: null },
};

/** For an answer without a known code. @source docs/dodo/api.md, "Errors" */
const CLASS_OF_STATUS: Readonly<Record<number, AnswerClass>> = {
  401: "authentication",
  403: "permission",
  408: "connection",
  429: "rate_limit",
};

/** Dodo may have carried out a request whose answer is neither a known code nor HTTP 4xx: `api_error`. */
export function classOfAnswer(httpStatus: number, code: string): AnswerClass {
  return (
    rowOf(code)?.errorClass ??
    CLASS_OF_STATUS[httpStatus] ??
    (httpStatus >= 400 && httpStatus < 500 ? "invalid_request" : "api_error")
  );
}

/** Codes of Dodo's manual retry. @source docs/dodo/retries-and-dunning.md, "Manual retry" */
const MANUAL_RETRY_REFUSALS = ["MANUAL_RETRY_LIMIT_REACHED", "MANUAL_RETRY_HARD_DECLINE"];

/**
 * As `classOfAnswer`, for a request that may charge. There, HTTP 409 with an unknown code is no certain no: an account that
 * honours idempotency keys may answer so while it still processes the first request with the key.
 */
export function classOfChargeAnswer(httpStatus: number, code: string): AnswerClass {
  const isKnown = rowOf(code) !== undefined || MANUAL_RETRY_REFUSALS.includes(code);
  return httpStatus === 409 && !isKnown ? "api_error" : classOfAnswer(httpStatus, code);
}

/** A refusal, with its meaning. HTTP 404 means `not_found` unless the code has a meaning of its own. */
export function refusalOf(httpStatus: number, code: string, requestId?: string): DodoRefusal {
  const refusal = {
    kind: "refused",
    meaning: meaningOf(httpStatus, code),
    code,
    httpStatus,
  } as const;
  return requestId === undefined ? refusal : { ...refusal, requestId };
}

function meaningOf(httpStatus: number, code: string): RefusalMeaning {
  const errorClass = classOfAnswer(httpStatus, code);
  if (errorClass === "authentication" || errorClass === "permission") return "account_refused";
  const meaning = rowOf(code)?.meaning ?? "invalid_request";
  return meaning === "invalid_request" && httpStatus === 404 ? "not_found" : meaning;
}

function rowOf(code: string): RefusalRow | undefined {
  return Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
}
