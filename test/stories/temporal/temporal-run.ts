import type { Policy } from "../../../domain/policy.ts";
import { createSandboxClient, type SandboxClient } from "../../../sandbox/control/client.ts";
import type { LedgerPayment } from "../../../sandbox/control/ledger.ts";
import type { TestSystem } from "../../support/system/test-system.ts";
import type { WorkflowClock } from "../../support/temporal/workflow-clock.ts";
import type { Story } from "../language/story-file.ts";
import type { ImportFact } from "../transcript/account-facts.ts";
import type { PageKind } from "../transcript/facts.ts";
import type { SweptAccount } from "./sweep.ts";

/** The system on which stories run, at the same time or one after the other. */
export type StorySystem = {
  readonly system: TestSystem;
  /** The policy file of each subscription's recovery. */
  readonly policies: Map<string, Policy>;
  /** Each story's present time, by workflow id. A workflow that starts begins at that time. */
  readonly times: Map<string, () => number>;
};

/** One story of a subscription on the real workflow. */
export type TemporalRun = StorySystem &
  SweptAccount & {
    readonly story: Story;
    readonly midnight: number;
    readonly subscriptionId: string;
    readonly email: string;
    readonly clock: WorkflowClock;
    readonly imports: ImportFact[];
    /** Pages that the link in the mail showed instead of a payment page. */
    readonly pages: { readonly at: number; readonly page: PageKind }[];
    /** Commands of the operator that were refused. */
    readonly refusals: { readonly at: number; readonly code: string }[];
    /** Payments that switched to another saved card. */
    readonly savedCardPayments: Set<string>;
    /** The story's time for the sandbox: milliseconds since the story's midnight. */
    at: number;
  };

/** The sandbox's control client, at the story's time. */
export function controlAt({ system, midnight, at }: TemporalRun): SandboxClient {
  return createSandboxClient(system.sandbox.url, { now: () => midnight + at });
}

export async function paymentsOf({
  system,
  subscriptionId,
}: TemporalRun): Promise<readonly LedgerPayment[]> {
  return (await system.sandbox.control.ledgerOf(subscriptionId)).payments;
}
