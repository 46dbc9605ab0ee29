import type { Instant } from "../values/time.ts";
import type { DecisionDraft } from "./draft.ts";

/** Something to do at a set time, unless an event comes first. */
export type Step = {
  readonly at: Instant;
  /** A noun phrase that completes "waits for …". */
  readonly what: string;
  readonly run: (draft: DecisionDraft) => void;
};
