/** How a payment ends, or the status in which it stays open. */
export type PaymentOutcome =
  | { readonly kind: "succeeded" }
  | { readonly kind: "declined"; readonly code: string | null }
  | { readonly kind: "open"; readonly status: string };

const STATUS = "open, status ";

/** @param text as the slot `outcome` accepts it */
export function parseOutcome(text = ""): PaymentOutcome {
  if (text === "succeeded") return { kind: "succeeded" };
  if (text === "declined without a code") return { kind: "declined", code: null };
  if (text.startsWith(STATUS)) return { kind: "open", status: text.slice(STATUS.length) };
  // Quotes keep the spaces of a padded code.
  return { kind: "declined", code: text.slice("declined ".length).replaceAll('"', "") };
}
