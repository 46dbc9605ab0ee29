import { defaultPayloadConverter, type Payload } from "@temporalio/common";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { LoopState } from "../../../domain/recover.ts";
import { RECOVERY_EVENT_SIGNAL } from "../../../workflows/contract.ts";
import type { RecoveryInput } from "../../../workflows/recovery/subscription-recovery.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});

afterAll(async () => {
  await system.close();
});

const failed = async (): Promise<string> =>
  await failedCharge(system, [{ decline: "INSUFFICIENT_FUNDS" }]);

async function sendHint(
  id: string,
  webhookId: string,
  type = "subscription.updated",
): Promise<void> {
  const event = { kind: "subscription_reported", webhookId, type, status: "on_hold" };
  await system.handle(id).signal(RECOVERY_EVENT_SIGNAL, event);
}

/** Sends more webhooks than a run may have events. @returns the state with which the next run started */
async function flood(id: string): Promise<LoopState> {
  const { runId: first } = await system.handle(id).describe();
  const count = inject("longEvents") + 100;
  for (let sent = 0; sent < count; sent += 50) {
    const batch = Array.from({ length: 50 }, (_, index) => `msg_${sent + index}`);
    await Promise.all(batch.map((webhookId) => sendHint(id, webhookId)));
    // Waits for the worker after each batch: this tests the total number of events, not how many wait at once.
    await system.readView(id);
    // More webhooks after this would displace the first run's from the bounded list of seen ids.
    if ((await system.handle(id).describe()).runId !== first) break;
  }
  return await until(async () => await carriedFrom(id, first), {
    what: "a new run",
  });
}

/** @returns null while the run is open */
async function carriedFrom(id: string, runId: string): Promise<LoopState | null> {
  const { events } = await system.client.workflow.getHandle(`recovery-${id}`, runId).fetchHistory();
  const ended = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes;
  const [input] = ended?.input?.payloads ?? [];
  if (input == null) return null;
  const { carried } = defaultPayloadConverter.fromPayload<RecoveryInput>(input as Payload);
  return carried ?? null;
}

const reasonsOf = async (id: string): Promise<string> =>
  (await system.readView(id)).timeline.map(({ reason }) => reason).join("\n");

describe("a recovery with more events than a run may have", () => {
  test("continues as new with all its state, and is recovered", async () => {
    const id = await failed();
    const before = await system.readView(id);
    await flood(id);
    const after = await until(
      async () => {
        const view = await system.readView(id);
        return Object.keys(view.recovery.pendingEffects).length === 0 ? view : null;
      },
      { what: "the new run to have read Dodo" },
    );
    expect(after.recovery.debt).toEqual(before.recovery.debt);
    expect(after.recovery.plan).toEqual(before.recovery.plan);
    expect(after.next).toEqual(before.next);
    expect((await system.runToEnd(id)).outcome).toBe("recovered");
    expect((await system.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
  });

  test("still knows after continue-as-new which webhooks it has seen", async () => {
    const id = await failed();
    const { seenWebhookIds } = await flood(id);
    await sendHint(id, seenWebhookIds.at(-1) ?? "none", "subscription.paused");
    await sendHint(id, "msg_new", "subscription.plan_changed");
    await until(async () => (await reasonsOf(id)).includes("subscription.plan_changed"), {
      what: "a decision about the new webhook",
    });
    expect(await reasonsOf(id)).not.toContain("subscription.paused");
  });
});
