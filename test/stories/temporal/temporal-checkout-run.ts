import type { WorkflowClock } from "../../support/temporal/workflow-clock.ts";
import type { Story } from "../language/story-file.ts";
import type { SweptAccount } from "./sweep.ts";

/** A story of one customer's payments without a subscription, on a system of its own. */
export type TemporalCheckoutRun = SweptAccount & {
  readonly story: Story;
  readonly midnight: number;
  readonly email: string;
  readonly customerId: string;
  /** The clock of each payment's workflow, in the order of the payments. */
  readonly clocks: Map<string, WorkflowClock>;
  /** The story's time: milliseconds since the story's midnight. */
  at: number;
};
