/**
 * The classes of errors, as in Stripe's guide, and what each means for a charge.
 * `certain`: nothing was charged · `open`: a charge may have happened · `settled`: the payment has reached its final status.
 * @source docs.stripe.com/error-handling; docs/RECOVERY.md, "Charging"
 */
export const ERROR_CLASSES = {
  declined: {
    seen: "a payment that ends as `failed`, with the bank's code",
    money: "settled",
    leadsTo: "no error but a result: its code decides (docs/RULES.md)",
  },
  blocked: {
    seen: "a payment that ends as `failed`, with a code for fraud or a lost card",
    money: "settled",
    leadsTo: "that card is never charged again; the customer does not learn the reason",
  },
  invalid_request: {
    seen: "any other HTTP 4xx, and the codes of refusals",
    money: "certain",
    leadsTo:
      "by the code: Reprise asks the customer to pay, ends as `cancelled` if the subscription has expired, or needs attention",
  },
  connection: {
    seen: "no answer: time-out, connection lost, HTTP 408",
    money: "open",
    leadsTo:
      "the fence: no charge until there is evidence; if the request certainly never left, the attempt stays due",
  },
  api_error: {
    seen: "HTTP 5xx, HTTP 409 with an unknown code where the request may charge, and an answer that cannot be read",
    money: "open",
    leadsTo:
      "the fence: no charge until there is evidence; if the same 409 comes again after the fence, a person is asked",
  },
  authentication: {
    seen: "HTTP 401",
    money: "certain",
    leadsTo:
      "charging stops for the account, Reprise notifies the operator once, the attempt stays due",
  },
  permission: {
    seen: "HTTP 403",
    money: "certain",
    leadsTo: "as for `authentication`",
  },
  idempotency: {
    seen: "`PREVIOUS_PAYMENT_PENDING`, Dodo's own guard against a second charge: it documents no idempotency keys",
    money: "certain",
    leadsTo: "nothing was charged; Reprise finds the open payment and follows it",
  },
  rate_limit: {
    seen: "HTTP 429",
    money: "certain",
    leadsTo: "the attempt stays due; Reprise reads Dodo before it sends the charge again",
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

/** The classes of an answer to a request. */
export type AnswerClass = Exclude<ErrorClass, "declined" | "blocked" | "signature">;
