import type { Path } from "../run/path.ts";
import { durable } from "./durable.ts";
import { gateway } from "./gateway.ts";
import { recovery } from "./recovery.ts";
import { simulator } from "./simulator.ts";

/** Every path, in the order in which they run. */
export const PATHS: readonly Path[] = [gateway, durable, recovery, simulator];
