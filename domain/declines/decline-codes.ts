/**
 * Dodo's 44 decline codes and what each means for an off-session charge. `decline` is Dodo's class; `handling`,
 * `transient` and `masked` are ours. `source` and `note` say what they rest on. `decline.ts` handles unknown codes.
 */

/** Dodo's class. `soft`: temporary or correctable. `hard`: terminal for that card. */
export type DeclineClass = "soft" | "hard";

/**
 * What Reprise does. `retry`: charge again by the schedule. `customer`: ask the customer, who alone can fix it.
 * `merchant`: ask the operator, as the integration or the account is at fault. `never`: never charge this card again.
 */
export type Handling = "retry" | "customer" | "merchant" | "never";

export type DeclineCodeRow = {
  readonly code: string;
  readonly decline: DeclineClass;
  readonly handling: Handling;
  /** A momentary fault (network, processor): the first retry comes early. */
  readonly transient: boolean;
  /** The customer never learns this reason; notices use a general text. */
  readonly masked: boolean;
  readonly source: string;
  readonly note: string;
};

const TABLE = "docs.dodopayments.com/api-reference/transaction-failures";
const DO_NOT_RETRY = `${TABLE}; do-not-retry list: developer-resources/ondemand-subscriptions`;

function row(
  code: string,
  decline: DeclineClass,
  handling: Handling,
  extra: Partial<Omit<DeclineCodeRow, "code" | "decline" | "handling">> = {},
): DeclineCodeRow {
  return {
    code,
    decline,
    handling,
    transient: false,
    masked: false,
    source: TABLE,
    note: "",
    ...extra,
  };
}

export const DECLINE_CODES: readonly DeclineCodeRow[] = [
  row("AUTHENTICATION_FAILURE", "soft", "never", {
    source: DO_NOT_RETRY,
    note: "Table says soft, but the on-demand guide puts it on the do-not-retry list",
  }),
  row("AUTHENTICATION_REQUIRED", "soft", "customer"),
  row("AUTHENTICATION_TIMEOUT", "soft", "customer"),
  row("CARD_DECLINED", "hard", "never"),
  row("CARD_NOT_ACTIVATED", "soft", "customer", { note: "Added after 2025-09" }),
  row("CARD_VELOCITY_EXCEEDED", "soft", "retry", {
    note: "Dodo lists it among auto-retried soft declines",
  }),
  row("CUSTOMER_CANCELLED", "soft", "customer"),
  row("DO_NOT_HONOR", "hard", "never", { source: DO_NOT_RETRY }),
  row("EXPIRED_CARD", "hard", "never"),
  row("FRAUDULENT", "hard", "never", { masked: true, source: DO_NOT_RETRY }),
  row("GENERIC_DECLINE", "soft", "retry", {
    note: "Dodo lists it among auto-retried soft declines",
  }),
  row("INCORRECT_CVC", "soft", "customer"),
  row("INCORRECT_NUMBER", "soft", "customer"),
  row("INSUFFICIENT_FUNDS", "soft", "retry"),
  row("INVALID_ACCOUNT", "hard", "never"),
  row("INVALID_AMOUNT", "soft", "merchant"),
  row("INVALID_CARD_NUMBER", "soft", "customer", {
    note: "payment-retries page calls 'invalid card' hard; table says soft",
  }),
  row("INVALID_CARD_OWNER", "soft", "customer"),
  row("INVALID_CVC", "soft", "customer"),
  row("INVALID_EXPIRY_YEAR", "soft", "customer"),
  row("INVALID_PIN", "soft", "customer"),
  row("INVALID_REQUEST", "soft", "merchant"),
  row("INVALID_UPI_ID", "soft", "customer"),
  row("LIMIT_EXCEEDED", "soft", "retry", {
    note: "Added after 2025-09; limits reset, so one delayed retry is reasonable",
  }),
  row("LIVE_MODE_TEST_CARD", "soft", "merchant"),
  row("LOST_CARD", "hard", "never", { masked: true, source: DO_NOT_RETRY }),
  row("MANDATE_INVALID", "soft", "customer"),
  row("MANDATE_REQUIRED", "soft", "customer"),
  row("MANDATE_REQUIRED_SYSTEM", "hard", "merchant"),
  row("NETWORK_ERROR", "soft", "retry", { transient: true }),
  row("NETWORK_TIMEOUT", "soft", "retry", { transient: true }),
  row("ORDER_CREATION_FAILED", "soft", "retry", { transient: true }),
  row("PAYMENT_METHOD_PROVIDER_DECLINED", "hard", "never"),
  row("PAYMENT_METHOD_UNSUPPORTED", "hard", "never"),
  row("PICKUP_CARD", "hard", "never", { masked: true, source: DO_NOT_RETRY }),
  row("PROCESSING_ERROR", "soft", "retry", { transient: true }),
  row("PROVIDER_UNSUPPORTED", "hard", "never", { note: "Added after 2025-09" }),
  row("REENTER_TRANSACTION", "soft", "retry", {
    note: "Userless resubmission may work; limit to one retry",
  }),
  row("REVOCATION_OF_AUTHORIZATION", "hard", "never", { note: "Treat as consent withdrawn" }),
  row("STOLEN_CARD", "hard", "never", { masked: true, source: DO_NOT_RETRY }),
  row("TRANSACTION_NOT_ALLOWED", "hard", "never"),
  row("TRANSACTION_NOT_APPROVED", "hard", "never"),
  row("TRY_AGAIN_LATER", "soft", "retry", { transient: true }),
  row("UNKNOWN_ERROR", "soft", "retry"),
];
