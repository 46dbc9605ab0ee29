/**
 * How an error of Dodo is to be taken, in the classes of Stripe's guide, and what follows for a charge.
 * `certain`: nothing was charged · `open`: it may have been · `settled`: the payment itself has ended.
 * @source landscape.md 6; contract.md, "Errors of a charge, by Stripe's classes"
 */
export const ERROR_CLASSES = {
  declined: {
    seen: "a payment that ends as `failed`, with the bank's code",
    money: "settled",
    leadsTo: "a value, not an error: the code decides (docs/RULES.md)",
  },
  blocked: {
    seen: "a payment that ends as `failed`, with one of the codes of fraud and of lost cards",
    money: "settled",
    leadsTo: "that card is never charged again; the customer is not told why",
  },
  invalid_request: {
    seen: "HTTP 4xx that no other class names, and the codes of refusals",
    money: "certain",
    leadsTo:
      "the customer's path where the code says so, `cancelled` where it has expired; else `needs_attention`",
  },
  connection: {
    seen: "no answer: time-out, connection lost, HTTP 408",
    money: "open",
    leadsTo:
      "the fence: no charge until evidence. Where the request provably never left, the attempt stays due",
  },
  api_error: {
    seen: "HTTP 5xx, and an answer that cannot be read",
    money: "open",
    leadsTo: "the fence: no charge until evidence",
  },
  authentication: {
    seen: "HTTP 401",
    money: "certain",
    leadsTo: "charging stops for the account, the operator is told once, the attempt stays due",
  },
  permission: {
    seen: "HTTP 403",
    money: "certain",
    leadsTo: "as authentication",
  },
  idempotency: {
    seen: "`PREVIOUS_PAYMENT_PENDING`: Dodo has no keys, and this is its only guard",
    money: "certain",
    leadsTo: "nothing was sent; that payment is looked for and followed",
  },
  rate_limit: {
    seen: "HTTP 429",
    money: "certain",
    leadsTo: "the attempt stays due, and Dodo is read before it is sent again",
  },
  signature: {
    seen: "a webhook whose signature is missing, wrong or stale",
    money: "certain",
    leadsTo: "the gateway answers 401, counts it, and tells no recovery",
  },
} as const satisfies Readonly<Record<string, ErrorClassRow>>;

type ErrorClassRow = {
  readonly seen: string;
  readonly money: "certain" | "open" | "settled";
  readonly leadsTo: string;
};

export type ErrorClass = keyof typeof ERROR_CLASSES;

/** The classes that an answer to a request can have. */
export type AnswerClass = Exclude<ErrorClass, "declined" | "blocked" | "signature">;

/** Dodo's codes: the code decides, whatever the status. @source dodo.md 5.3 and 11, question 4 */
export const CLASS_OF_CODE: Readonly<Record<string, AnswerClass>> = {
  PREVIOUS_PAYMENT_PENDING: "idempotency",
  SUBSCRIPTION_INACTIVE: "invalid_request",
  SUBSCRIPTION_EXPIRED: "invalid_request",
  SUBSCRIPTION_NOT_ON_DEMAND: "invalid_request",
  SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED: "invalid_request",
  CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION: "invalid_request",
  TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT: "invalid_request",
  REQUEST_AMOUNT_BELOW_MINIMUM: "invalid_request",
  NO_ELIGIBLE_PAYMENT_METHODS: "invalid_request",
  UNSUPPORTED_CURRENCY: "invalid_request",
  UNSUPPORTED_BILLING_CURRENCY: "invalid_request",
  EXCHANGE_RATE_NOT_FOUND: "invalid_request",
  MAXIMUM_KEYS_REACHED: "invalid_request",
  INVALID_REQUEST_BODY: "invalid_request",
  INVALID_REQUEST_PARAMETERS: "invalid_request",
  NOT_FOUND: "invalid_request",
  MERCHANT_NOT_LIVE: "invalid_request",
  UNAUTHORIZED: "authentication",
  RBAC_ACCESS_DENIED: "permission",
  TOO_MANY_REQUESTS: "rate_limit",
  INTERNAL_SERVER_ERROR: "api_error",
};

/** What a status means where its code says nothing. @source dodo.md 8.2 */
const CLASS_OF_STATUS: Readonly<Record<number, AnswerClass>> = {
  401: "authentication",
  403: "permission",
  408: "connection",
  429: "rate_limit",
};

/** Anything that is not a certain no may have been carried out. */
export function classOfAnswer(status: number, code: string): AnswerClass {
  const known = Object.hasOwn(CLASS_OF_CODE, code) ? CLASS_OF_CODE[code] : undefined;
  return (
    known ??
    CLASS_OF_STATUS[status] ??
    (status >= 400 && status < 500 ? "invalid_request" : "api_error")
  );
}
