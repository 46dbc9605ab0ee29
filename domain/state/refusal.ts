/**
 * What Dodo's refusal means. Dodo's codes are mapped in dodo/refusals.ts.
 * - `customer_must_pay`: no charge will do; the customer can still pay on a payment page
 * - `subscription_expired`: the subscription's term is over
 * - `not_found`: Dodo has, or shows, no such thing
 * - `account_refused`: Dodo refuses the account's API key
 * - `too_many_payments`: the subscription has more payments than a recovery can judge
 * - `invalid_request`: anything else; a person has to look at it
 */
export type RefusalMeaning =
  | "customer_must_pay"
  | "subscription_expired"
  | "not_found"
  | "account_refused"
  | "too_many_payments"
  | "invalid_request";

/** Dodo refused the request: nothing was done. */
export type DodoRefusal = {
  readonly kind: "refused";
  readonly meaning: RefusalMeaning;
  /** As Dodo writes it, for people to read. */
  readonly code: string;
  readonly httpStatus: number;
};
