import { defaultPayloadConverter, type Payload } from "@temporalio/common";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { LoopState } from "../../../domain/recover.ts";
import { RECOVERY_EVENT_SIGNAL } from "../../../workflows/contract.ts";
import type { RecoveryInput } from "../../../workflows/recovery/subscription-recovery.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { openStage, type Stage } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(async () => {
  await stage.close();
});

const failed = async (): Promise<string> =>
  await failedCharge(stage, [{ decline: "INSUFFICIENT_FUNDS" }]);

async function tell(id: string, webhookId: string, type = "subscription.updated"): Promise<void> {
  const event = { kind: "subscription_reported", webhookId, type, status: "on_hold" };
  await stage.handle(id).signal(RECOVERY_EVENT_SIGNAL, event);
}

const LONG_MS = 120_000;

/** More webhooks than a run should have events. @returns what the next run began with */
async function flood(id: string): Promise<LoopState> {
  const { runId: first } = await stage.handle(id).describe();
  const count = inject("longEvents") + 100;
  for (let sent = 0; sent < count; sent += 50) {
    const batch = Array.from({ length: 50 }, (_, index) => `msg_${sent + index}`);
    await Promise.all(batch.map((webhookId) => tell(id, webhookId)));
    // A flood is as fast as the worker takes it: what is asked here is what becomes of it, not what one holds at once.
    await stage.view(id);
    // What came long after would push what the first run has seen out of what is remembered.
    if ((await stage.handle(id).describe()).runId !== first) break;
  }
  return await until(async () => await carriedFrom(id, first), {
    what: "a new run",
    timeoutMs: LONG_MS,
  });
}

/** @returns null while the run goes on */
async function carriedFrom(id: string, runId: string): Promise<LoopState | null> {
  const { events } = await stage.client.workflow.getHandle(`recovery-${id}`, runId).fetchHistory();
  const ended = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes;
  const [input] = ended?.input?.payloads ?? [];
  if (input == null) return null;
  const { carried } = defaultPayloadConverter.fromPayload<RecoveryInput>(input as Payload);
  return carried ?? null;
}

const reasonsOf = async (id: string): Promise<string> =>
  (await stage.view(id)).timeline.map(({ reason }) => reason).join("\n");

describe("a recovery with more events than a run should have", () => {
  test(
    "goes on in a new run with all it knows, and ends right",
    async () => {
      const id = await failed();
      const before = await stage.view(id);
      await flood(id);
      const after = await until(
        async () => {
          const view = await stage.view(id);
          return Object.keys(view.recovery.pendingEffects).length === 0 ? view : null;
        },
        { what: "the new run to have read Dodo" },
      );
      expect(after.recovery.debt).toEqual(before.recovery.debt);
      expect(after.recovery.plan).toEqual(before.recovery.plan);
      expect(after.next).toEqual(before.next);
      expect((await stage.play(id)).outcome).toBe("recovered");
      expect((await stage.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
    },
    2 * LONG_MS,
  );

  test(
    "knows in the new run which webhooks it has seen",
    async () => {
      const id = await failed();
      const { seenWebhookIds } = await flood(id);
      await tell(id, seenWebhookIds.at(-1) ?? "none", "subscription.paused");
      await tell(id, "msg_new", "subscription.plan_changed");
      await until(async () => (await reasonsOf(id)).includes("subscription.plan_changed"), {
        what: "the new one to be decided on",
      });
      expect(await reasonsOf(id)).not.toContain("subscription.paused");
    },
    2 * LONG_MS,
  );
});
