import { debtOutcomes } from "./debt-outcomes.ts";
import { details } from "./details.ts";
import { rates, sums } from "./sums.ts";
import type { View } from "./view.ts";

/** In the order in which they are made: each may use those before it. docs/METRICS.md shows them. */
export const VIEWS: readonly View[] = [debtOutcomes, ...sums, ...rates, ...details];
