import type { Path } from "../run/path.ts";
import { durable } from "./durable.ts";
import { gateway } from "./gateway.ts";
import { herd } from "./herd.ts";
import { memory } from "./memory.ts";
import { recovery } from "./recovery.ts";
import { replay } from "./replay.ts";
import { simulator } from "./simulator.ts";
import { sleepers } from "./sleepers.ts";
import { start } from "./start.ts";

/** Every path, in the order in which they run. */
export const PATHS: readonly Path[] = [
  gateway,
  durable,
  recovery,
  herd,
  sleepers,
  memory,
  replay,
  start,
  simulator,
];
