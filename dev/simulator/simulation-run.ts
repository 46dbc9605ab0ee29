import type { ImportRow } from "../../domain/import/import.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Command } from "../../domain/state/command.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { ModelDodo } from "../model/dodo.ts";
import type { Timeline } from "../model/timeline.ts";
import type { ModelWorld } from "../model/world.ts";
import type { NetworkLink } from "./network/network-link.ts";
import type { Plan } from "./plan.ts";
import type { Tally } from "./tally.ts";

/** The operator confirmed that a payment was dead. */
export type DeadClaim = {
  readonly at: Instant;
  readonly paymentId: string;
  readonly commandId: string;
};

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
  /** What the operator said of payments that wait for a person, whether it was taken or refused. */
  readonly deadClaims: DeadClaim[];
  /** When the bank processed such a payment after all. */
  readonly completedAt: Map<string, Instant>;
  readonly commands: { readonly at: Instant; readonly command: Command }[];
  /** What imports of the subscription did, in order. */
  readonly imports: { readonly at: Instant; readonly row: ImportRow }[];
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
 * @returns the command's id; null if no recovery was open
 */
export function giveCommand(
  { world, commands, timeline }: SimulationRun,
  given: Command,
): string | null {
  if (!world.isOpen) return null;
  commands.push({ at: timeline.now(), command: given });
  return world.command(given);
}
