import type { Instant } from "../values/time.ts";
import type { DecisionDraft } from "./draft.ts";
/** Something that will be done at its time, unless an event comes first. */
export type Step = {
  readonly at: Instant;
  readonly what: string;
  readonly run: (draft: DecisionDraft) => void;
};
