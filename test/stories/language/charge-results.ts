import { parseOutcome, type PaymentOutcome } from "./outcome.ts";
import { parseSentence, type Pattern } from "./sentence.ts";

/** What comes of one charge request by Reprise. */
export type ChargeResult =
  | PaymentOutcome
  | { readonly kind: "refused"; readonly code: string; readonly httpStatus: number }
  /** Reprise receives no answer. */
  | { readonly kind: "no_answer"; readonly isPaymentMade: boolean }
  | { readonly kind: "error"; readonly isPaymentMade: boolean; readonly httpStatus: number };

const CHARGE_RESULTS: readonly Pattern<ChargeResult>[] = [
  ["{outcome}", ({ outcome }) => parseOutcome(outcome)],
  [
    "refused with {code}, HTTP {number}",
    ({ code = "", number }) => ({ kind: "refused", code, httpStatus: Number(number) }),
  ],
  ["no answer, but the payment is made", () => ({ kind: "no_answer", isPaymentMade: true })],
  ["no answer, and no payment is made", () => ({ kind: "no_answer", isPaymentMade: false })],
  [
    "HTTP {number}, but the payment is made",
    ({ number }) => ({ kind: "error", isPaymentMade: true, httpStatus: Number(number) }),
  ],
  [
    "HTTP {number}, and no payment is made",
    ({ number }) => ({ kind: "error", isPaymentMade: false, httpStatus: Number(number) }),
  ],
];

export const parseChargeResult = (sentence: string): ChargeResult =>
  parseSentence(sentence, CHARGE_RESULTS);
