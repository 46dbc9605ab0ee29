/**
 * How to take an error of Dodo's, by the classes of Stripe's guide, and what follows for a charge.
 * `certain`: nothing was charged · `open`: it may have been charged · `settled`: the payment itself has ended.
 * @source docs.stripe.com/error-handling; docs/RECOVERY.md, "Charging"
 */
export const ERROR_CLASSES = {
  declined: {
    seen: "a payment that ends as `failed`, with the bank's code",
    money: "settled",
    leadsTo: "a value, not an error: the code decides (docs/RULES.md)",
  },
  blocked: {
    seen: "a payment that ends as `failed`, with a code for fraud or a lost card",
    money: "settled",
    leadsTo: "that card is never charged again; the customer is not told why",
  },
  invalid_request: {
    seen: "any other HTTP 4xx, and the codes of refusals",
    money: "certain",
    leadsTo:
      "the customer is asked to pay where the code says so, `cancelled` where the subscription has expired; else `needs_attention`",
  },
  connection: {
    seen: "no answer: time-out, connection lost, HTTP 408",
    money: "open",
    leadsTo:
      "the fence: no charge until there is evidence. If the request provably never left, the attempt stays due",
  },
  api_error: {
    seen: "HTTP 5xx, and an answer that cannot be read",
    money: "open",
    leadsTo: "the fence: no charge until there is evidence",
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
    seen: "`PREVIOUS_PAYMENT_PENDING`: Dodo has no idempotency keys, and this is its only guard",
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
    leadsTo: "the gateway answers 401, counts it, and changes no recovery",
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
