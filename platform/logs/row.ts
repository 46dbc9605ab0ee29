import type { Level } from "pino";
import type { FieldName } from "./fields.ts";

/** An event that is logged: one line for each. */
export type EventRow = {
  /** The line's level, or its levels. */
  readonly level: Level | readonly Level[];
  /** In every line of this event. */
  readonly fields: readonly FieldName[];
  /** In a line only where they are known. */
  readonly optional?: readonly FieldName[];
  /** The fields are those of Temporal's SDK. */
  readonly isOpen?: true;
  /** What happened. */
  readonly means: string;
};

export const row = <const Row extends EventRow>(event: Row): Row => event;
