import type { Policy } from "../../../domain/policy.ts";
import { createSandboxClient, type SandboxClient } from "../../../sandbox/client.ts";
import type { LedgerPayment } from "../../../sandbox/ledger.ts";
import type { Stage } from "../../support/system/test-system.ts";
import type { Swept } from "./sweep.ts";
import type { PageKind } from "../transcript/facts.ts";
import type { StoryClock } from "./story-clock.ts";
import type { Story } from "../language/story-file.ts";

/** A stage on which stories are played: many at the same time, or one after the other. */
export type StoryStage = {
  readonly stage: Stage;
  /** The policy file as each subscription's recovery finds it. */
  readonly policies: Map<string, Policy>;
  /** Each story's time, by the id of its workflow, which must find it when it starts. */
  readonly times: Map<string, () => number>;
};

/** One story on the stage. */
export type Scene = StoryStage &
  Swept & {
    readonly story: Story;
    readonly midnight: number;
    readonly subscriptionId: string;
    readonly email: string;
    readonly clock: StoryClock;
    /** Pages on which the customer's button ended. */
    readonly pages: { readonly at: number; readonly page: PageKind }[];
    /** What the operator was refused. */
    readonly refusals: { readonly at: number; readonly code: string }[];
    /** Payments by which the merchant switched to another saved card. */
    readonly saved: Set<string>;
    /** The story's time, which the sandbox is told. */
    at: number;
  };

/** The sandbox's control, at the story's time. */
export function controlAt({ stage, midnight, at }: Scene): SandboxClient {
  return createSandboxClient(stage.sandbox.url, { now: () => midnight + at });
}

export async function paymentsOf({
  stage,
  subscriptionId,
}: Scene): Promise<readonly LedgerPayment[]> {
  return (await stage.sandbox.control.ledgerOf(subscriptionId)).payments;
}
