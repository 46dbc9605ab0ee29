import type { ModelDodo } from "../../../dev/model/dodo.ts";
import type { ModelWorld } from "../../../dev/model/world.ts";
import type { ImportRow } from "../../../domain/import/import.ts";
import type { Policy } from "../../../domain/policy.ts";
import type { Instant } from "../../../domain/values/time.ts";
import type { SweptAccount } from "./sweep.ts";

export type Commander = "customer" | "operator";

/** One story of a subscription in virtual time. */
export type ModelRun = SweptAccount & {
  readonly dodo: ModelDodo;
  readonly world: ModelWorld;
  readonly changePolicy: (policy: Policy) => void;
  readonly commands: {
    readonly at: Instant;
    readonly by: Commander;
    /** Null if no recovery was open to answer it. */
    readonly id: string | null;
  }[];
  readonly imports: { readonly at: Instant; readonly row: ImportRow }[];
  /** Number of the customer's cards so far. */
  cards: number;
};
