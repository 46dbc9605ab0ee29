import { ours, type RuleRow } from "./rule-row.ts";

/** Rules of advise mode, where the merchant charges. They belong to `RULES`. */
export const ADVICE_RULES = {
  "advice.notice": ours(
    "Advise mode: the merchant's systems are told to write to the customer now.",
    "advise mode sends nothing to customers",
  ),
  "advice.attempt": ours(
    "A charge by the merchant carries the key of the advised attempt: it is that attempt.",
    "the schedule goes on from what was charged",
  ),
  "advice.key_used": ours(
    "A further charge carries a key whose attempt is known: it counts as no attempt.",
    "one attempt is one charge",
  ),
  "advice.key_unknown": ours(
    "A charge carries a key that was not advised: it is handled as a charge without a key.",
    "a guess could count the wrong charge",
  ),
  "advice.other_amount": ours(
    "A charge with the attempt's key collected less than its price: ask the operator.",
    "part of a debt does not pay it",
  ),
  "advice.not_taken": ours(
    "The advised attempt was not made in time: read Dodo, then advise it again for a later day.",
    "a charge that is not made is no decline",
  ),
} as const satisfies Readonly<Record<string, RuleRow>>;
