import type { Policy } from "../../domain/policy.ts";
import type { Command } from "../../domain/state/command.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { ModelDodo } from "../model/dodo.ts";
import type { Timeline } from "../model/timeline.ts";
import type { ModelWorld } from "../model/world.ts";
import type { NetworkLink } from "./network/network-link.ts";
import type { Plan } from "./plan.ts";
import type { Tally } from "./tally.ts";

/** What the mail server does, and the notices that it refused for their address. */
export type SimulatedMail = {
  downUntil: Instant;
  senderRefusedUntil: Instant;
  addressRefusedUntil: Instant;
  /** How many of the next mails leave just before their worker dies. */
  crashes: number;
  readonly refusedKeys: Set<string>;
};

/** One simulation while it runs; afterwards, the ledger that the oracle judges. */
export type SimulationRun = {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly dodo: ModelDodo;
  readonly world: ModelWorld;
  readonly link: NetworkLink;
  readonly tally: Tally;
  readonly commands: { readonly at: Instant; readonly command: Command }[];
  /** Each policy, from the time it is in force. */
  readonly policies: { readonly since: Instant; readonly policy: Policy }[];
  /** The workers' wall clock minus the true time. */
  clockSkewMs: number;
  readonly mail: SimulatedMail;
  /** Whether a later release decides. */
  hasNewRules: boolean;
};

/**
 * Gives the open recovery a command, and enters it into the ledger.
 * @returns whether a recovery was open
 */
export function giveCommand({ world, commands, timeline }: SimulationRun, given: Command): boolean {
  if (!world.isOpen) return false;
  world.command(given);
  commands.push({ at: timeline.now(), command: given });
  return true;
}
