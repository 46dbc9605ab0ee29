import type { Swept } from "./sweep.ts";
import type { StoryClock } from "./story-clock.ts";
import type { Story } from "../language/story-file.ts";

/** A story of one customer's payments without a subscription, on a stage of its own. */
export type CheckoutScene = Swept & {
  readonly story: Story;
  readonly midnight: number;
  readonly email: string;
  readonly customerId: string;
  /** Of each payment's checkout, in the order of the payments. */
  readonly clocks: Map<string, StoryClock>;
  /** The story's time. */
  at: number;
};
