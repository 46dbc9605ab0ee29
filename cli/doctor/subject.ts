import type { Env } from "../../config/env.ts";
import type { DodoAccess } from "./account/access.ts";
import type { Settings } from "./settings.ts";
import type { TemporalAccess } from "./temporal/access.ts";

/** What is checked, and how it is reached. */
export type Subject = {
  readonly env: Env;
  readonly version: string;
  readonly settings: Settings;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly dodo: DodoAccess;
  readonly temporal: TemporalAccess;
  /** Whom to send a test mail; null: nobody. */
  readonly sendTo: string | null;
};
