/**
 * The words of the messages that Dodo documents for the codes of `REFUSALS`, in lower case, without numbers and placeholders. A
 * log line shows no other word of a message.
 * @source Dodo, api-reference/error-codes, "Message" of each code, as of November 2026
 */
export const DOCUMENTED_WORDS: ReadonlySet<string> = new Set(
  `
  action active addon already amount and are as attempts authorised be billing billing_currency body
  can cancellation cannot card change charge charges check convert create currency currently demand
  eligible exceeded exceeds exchange expired for found from headers indian inr invalid is item
  key-value less limit live maximum merchant methods minimum new next_billing_date no non not object
  of on only or pairs past payment perform please previous price process product products rate request
  required retry scheduled specified subscription subscriptions successful supported than the this
  time to unexpected usd yet you your
  `
    .trim()
    .split(/\s+/),
);
