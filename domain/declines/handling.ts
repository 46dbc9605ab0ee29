/**
 * What Reprise does about each of Dodo's decline codes. Dodo's own table is dodo/decline-codes.ts; a test compares the two.
 * An unknown code has no row: see decline.ts.
 */

/** Dodo's class of a code. `soft`: temporary or correctable · `hard`: terminal for that card. */
export type DeclineClass = "soft" | "hard";

/**
 * What we do about a decline. `retry`: a silent charge may succeed later · `customer`: only the customer can fix it ·
 * `merchant`: the merchant's integration or account is at fault · `never`: this card is never charged again.
 */
export type Handling = "retry" | "customer" | "merchant" | "never";

export type HandlingRow = {
  readonly code: string;
  readonly declineClass: DeclineClass;
  readonly handling: Handling;
  /** A fault of the moment (network, processor): the first gap is short. */
  readonly transient: boolean;
  /** The customer never learns this reason, and reads the same text as for any other. */
  readonly masked: boolean;
  /** False: the merchant's policy cannot handle the code in another way. */
  readonly overridable: boolean;
  readonly note: string;
};

type Extra = Partial<Pick<HandlingRow, "transient" | "masked" | "overridable" | "note">>;

const row = (
  code: string,
  declineClass: DeclineClass,
  handling: Handling,
  extra: Extra = {},
): HandlingRow => ({
  code,
  declineClass,
  handling,
  transient: false,
  masked: false,
  overridable: true,
  note: "",
  ...extra,
});

const TRANSIENT: Extra = { transient: true };
/** Dodo forbids to charge the card again. */
const FIXED: Extra = { overridable: false };
/** Fraud, or a card that its owner has lost: the reason is for nobody else. */
const MASKED: Extra = { ...FIXED, masked: true };

export const HANDLING: readonly HandlingRow[] = [
  row("AUTHENTICATION_FAILURE", "soft", "never", FIXED),
  row("AUTHENTICATION_REQUIRED", "soft", "customer"),
  row("AUTHENTICATION_TIMEOUT", "soft", "customer"),
  row("CARD_DECLINED", "hard", "never"),
  row("CARD_NOT_ACTIVATED", "soft", "customer"),
  row("CARD_VELOCITY_EXCEEDED", "soft", "retry"),
  row("CUSTOMER_CANCELLED", "soft", "customer"),
  row("DO_NOT_HONOR", "hard", "never", FIXED),
  row("EXPIRED_CARD", "hard", "never"),
  row("FRAUDULENT", "hard", "never", MASKED),
  row("GENERIC_DECLINE", "soft", "retry"),
  row("INCORRECT_CVC", "soft", "customer"),
  row("INCORRECT_NUMBER", "soft", "customer"),
  row("INSUFFICIENT_FUNDS", "soft", "retry"),
  row("INVALID_ACCOUNT", "hard", "never"),
  row("INVALID_AMOUNT", "soft", "merchant"),
  row("INVALID_CARD_NUMBER", "soft", "customer"),
  row("INVALID_CARD_OWNER", "soft", "customer"),
  row("INVALID_CVC", "soft", "customer"),
  row("INVALID_EXPIRY_YEAR", "soft", "customer"),
  row("INVALID_PIN", "soft", "customer"),
  row("INVALID_REQUEST", "soft", "merchant"),
  row("INVALID_UPI_ID", "soft", "customer"),
  row("LIMIT_EXCEEDED", "soft", "retry", {
    note: "Limits reset, so a delayed retry is reasonable",
  }),
  row("LIVE_MODE_TEST_CARD", "soft", "merchant"),
  row("LOST_CARD", "hard", "never", MASKED),
  row("MANDATE_INVALID", "soft", "customer"),
  row("MANDATE_REQUIRED", "soft", "customer"),
  row("MANDATE_REQUIRED_SYSTEM", "hard", "merchant"),
  row("NETWORK_ERROR", "soft", "retry", TRANSIENT),
  row("NETWORK_TIMEOUT", "soft", "retry", TRANSIENT),
  row("ORDER_CREATION_FAILED", "soft", "retry", TRANSIENT),
  row("PAYMENT_METHOD_PROVIDER_DECLINED", "hard", "never"),
  row("PAYMENT_METHOD_UNSUPPORTED", "hard", "never"),
  row("PICKUP_CARD", "hard", "never", MASKED),
  row("PROCESSING_ERROR", "soft", "retry", TRANSIENT),
  row("PROVIDER_UNSUPPORTED", "hard", "never"),
  row("REENTER_TRANSACTION", "soft", "retry", {
    note: "Dodo suggests resubmitting; one retry at most",
  }),
  row("REVOCATION_OF_AUTHORIZATION", "hard", "never", {
    note: "The customer has withdrawn consent",
  }),
  row("STOLEN_CARD", "hard", "never", MASKED),
  row("TRANSACTION_NOT_ALLOWED", "hard", "never"),
  row("TRANSACTION_NOT_APPROVED", "hard", "never"),
  row("TRY_AGAIN_LATER", "soft", "retry", TRANSIENT),
  row("UNKNOWN_ERROR", "soft", "retry"),
];

const NEVER_RETRIED = new Set(
  HANDLING.filter(
    ({ declineClass, handling }) => declineClass === "hard" || handling === "never",
  ).map(({ code }) => code),
);

/** Whether no policy may retry a code: Dodo calls it hard, or asks not to charge the card again. */
export function isNeverRetried(code: string): boolean {
  return NEVER_RETRIED.has(code);
}
