/**
 * Dodo's 44 decline codes, each with Dodo's own class. domain/declines/handling.ts says how Reprise handles each code, and
 * test/dodo/decline-codes.test.ts compares the two tables.
 * @source docs/dodo/declines.md, "Codes"
 */

export type DeclineCodeRow = {
  readonly code: string;
  /** `soft`: temporary or correctable · `hard`: final for that card. @source docs/dodo/declines.md, "Classes" */
  readonly declineClass: "soft" | "hard";
  /** Dodo asks not to charge this card again. @source docs/dodo/declines.md, "Do-not-retry list" */
  readonly doNotRetry: boolean;
  /** The page of Dodo's documentation. */
  readonly source: string;
  readonly note: string;
};

const TABLE = "docs.dodopayments.com/api-reference/transaction-failures";
const DO_NOT_RETRY = "docs.dodopayments.com/developer-resources/ondemand-subscriptions";

const soft = (code: string, note = ""): DeclineCodeRow => ({
  code,
  declineClass: "soft",
  doNotRetry: false,
  source: TABLE,
  note,
});

const hard = (code: string, note = ""): DeclineCodeRow => ({
  ...soft(code, note),
  declineClass: "hard",
});

const doNotRetry = (row: DeclineCodeRow): DeclineCodeRow => ({
  ...row,
  doNotRetry: true,
  source: `${row.source}; ${DO_NOT_RETRY}`,
});

export const DECLINE_CODES: readonly DeclineCodeRow[] = [
  doNotRetry(
    soft("AUTHENTICATION_FAILURE", "Soft in the table of codes, and on the do-not-retry list"),
  ),
  soft("AUTHENTICATION_REQUIRED"),
  soft("AUTHENTICATION_TIMEOUT"),
  hard("CARD_DECLINED"),
  soft("CARD_NOT_ACTIVATED", "Added after September 2025"),
  soft("CARD_VELOCITY_EXCEEDED", "Retried by Dodo itself"),
  soft("CUSTOMER_CANCELLED"),
  doNotRetry(hard("DO_NOT_HONOR")),
  hard("EXPIRED_CARD"),
  doNotRetry(hard("FRAUDULENT")),
  soft("GENERIC_DECLINE", "Retried by Dodo itself"),
  soft("INCORRECT_CVC"),
  soft("INCORRECT_NUMBER"),
  soft("INSUFFICIENT_FUNDS"),
  hard("INVALID_ACCOUNT"),
  soft("INVALID_AMOUNT"),
  soft(
    "INVALID_CARD_NUMBER",
    "Soft in the table of codes; the page on payment retries calls an invalid card hard",
  ),
  soft("INVALID_CARD_OWNER"),
  soft("INVALID_CVC"),
  soft("INVALID_EXPIRY_YEAR"),
  soft("INVALID_PIN"),
  soft("INVALID_REQUEST"),
  soft("INVALID_UPI_ID"),
  soft("LIMIT_EXCEEDED", "Added after September 2025"),
  soft("LIVE_MODE_TEST_CARD"),
  doNotRetry(hard("LOST_CARD")),
  soft("MANDATE_INVALID"),
  soft("MANDATE_REQUIRED"),
  hard("MANDATE_REQUIRED_SYSTEM"),
  soft("NETWORK_ERROR"),
  soft("NETWORK_TIMEOUT"),
  soft("ORDER_CREATION_FAILED"),
  hard("PAYMENT_METHOD_PROVIDER_DECLINED"),
  hard("PAYMENT_METHOD_UNSUPPORTED"),
  doNotRetry(hard("PICKUP_CARD")),
  soft("PROCESSING_ERROR"),
  hard("PROVIDER_UNSUPPORTED", "Added after September 2025"),
  soft("REENTER_TRANSACTION"),
  hard("REVOCATION_OF_AUTHORIZATION"),
  doNotRetry(hard("STOLEN_CARD")),
  hard("TRANSACTION_NOT_ALLOWED"),
  hard("TRANSACTION_NOT_APPROVED"),
  soft("TRY_AGAIN_LATER"),
  soft("UNKNOWN_ERROR"),
];
