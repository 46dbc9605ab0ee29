/** Dodo's error response: an HTTP status with the body `{code, message}`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = STATUS_BY_CODE[code] ?? 422) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/**
 * Dodo's list of error codes names no HTTP status, and the reference of `/charge` lists only 200, 422 and 500. Three
 * integrations saw 409 for `PREVIOUS_PAYMENT_PENDING`, on a plan change.
 * @source docs/dodo/charging.md, "Refusals"; docs/dodo/open-questions.md, "Status of a refusal"
 */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  UNAUTHORIZED: 401,
  RBAC_ACCESS_DENIED: 403,
  NOT_FOUND: 404,
  PREVIOUS_PAYMENT_PENDING: 409,
  IDEMPOTENCY_KEY_IN_PROGRESS: 409,
  TOO_MANY_REQUESTS: 429,
  MANUAL_RETRY_LIMIT_REACHED: 429,
  INTERNAL_SERVER_ERROR: 500,
};

export function notFound(what: string): ApiError {
  return new ApiError("NOT_FOUND", `${what} not found`);
}

export function invalidBody(message: string): ApiError {
  return new ApiError("INVALID_REQUEST_BODY", message);
}

export function invalidParameters(message: string): ApiError {
  return new ApiError("INVALID_REQUEST_PARAMETERS", message);
}
