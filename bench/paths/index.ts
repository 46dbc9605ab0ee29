import type { Path } from "../run/path.ts";
import { gateway } from "./gateway.ts";
import { simulator } from "./simulator.ts";

/** Every path, in the order in which they run. */
export const PATHS: readonly Path[] = [gateway, simulator];
