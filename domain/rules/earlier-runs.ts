import { ours, type RuleRow } from "./rule-row.ts";

/** Rules for what earlier runs of a recovery did. They belong to `RULES`. */
export const EARLIER_RUN_RULES = {
  "requested_charge.resumed": ours(
    "An earlier attempt has this charge's key: continue from it.",
    "never charge twice",
  ),
  "requested_charge.ended_earlier": ours("An earlier run ended this charge.", "a debt ends once"),
  "charge.earlier_run": ours(
    "An earlier run was stopped while its charge may have been sent: follow that charge, and send nothing else.",
    "never charge twice; a terminated, timed-out or reset run cannot follow its charge",
  ),
  "charge.ended_earlier": ours(
    "Another run has ended this debt: charge nothing, and end it here too.",
    "a debt ends once; a reset run does not know what the run before it did",
  ),
} as const satisfies Readonly<Record<string, RuleRow>>;
