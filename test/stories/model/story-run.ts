import type { ModelDodo } from "../../../dev/model/dodo.ts";
import type { ModelWorld } from "../../../dev/model/world.ts";
import type { Policy } from "../../../domain/policy.ts";
import type { Instant } from "../../../domain/values/time.ts";
import type { Swept } from "./sweep.ts";

/** Who presses a button: the customer's, or one of the operator's. */
export type Teller = "customer" | "operator";

/** One story in virtual time. */
export type Scene = Swept & {
  readonly dodo: ModelDodo;
  readonly world: ModelWorld;
  readonly change: (policy: Policy) => void;
  /** Null where no recovery was open that could have answered. */
  readonly commands: { readonly at: Instant; readonly who: Teller; readonly id: string | null }[];
  cards: number;
};
