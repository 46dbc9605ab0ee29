import type { Policy } from "../../../domain/policy.ts";
import type { Instant } from "../../../domain/time.ts";
import type { ModelDodo } from "../../../local/model/dodo.ts";
import type { Timeline } from "../../../local/model/timeline.ts";
import type { ModelWorld } from "../../../local/model/world.ts";

/** Who presses a button: the customer's, or one of the operator's. */
export type Teller = "customer" | "operator";

/** One story in virtual time. */
export type Scene = {
  readonly timeline: Timeline;
  readonly dodo: ModelDodo;
  readonly world: ModelWorld;
  readonly change: (policy: Policy) => void;
  /** Null where no recovery was open that could have answered. */
  readonly commands: { readonly at: Instant; readonly who: Teller; readonly id: string | null }[];
  cards: number;
};
