import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowStartOptions,
} from "@temporalio/client";
import type { Workflow } from "@temporalio/common";
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { nullIfNotFound } from "../../platform/temporal/null-if-not-found.ts";
import { Problem } from "./problem.ts";

// What is asked once for each Idempotency-Key: a workflow named by the key's digest holds it, and its memo answers.

export const idempotencyHeaders = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "expected 1 to 255 visible ASCII characters")
    .describe("The same key with the same body is the same, for as long as Temporal keeps it."),
});

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The same whatever the order of the fields. */
export function fingerprintOf(body: unknown): string {
  const canonical = JSON.stringify(body, (_name, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return sha256(canonical);
}

/** A workflow that is started once for its id, ever. */
export type OnceStart = Pick<WorkflowStartOptions, "taskQueue"> & {
  readonly type: string;
  readonly workflowId: string;
  readonly args: readonly unknown[];
  readonly workflowIdReusePolicy: "REJECT_DUPLICATE";
  readonly memo: { readonly fingerprint: string };
};

/** How often the memo is looked at: at first soon, as a decision is usually a second's matter. */
const LOOKS_MS = [40, 80, 150, 250, 400];

/**
 * Starts it, or finds it, and looks at its memo until that is decided.
 *
 * @returns the memo as it was last seen, decided or not; null where it is not shown yet
 * @throws Problem where another request came under the same key
 */
export async function askOnce<Memo extends { readonly fingerprint: string }>(
  client: Client,
  { type, ...start }: OnceStart,
  isDecided: (memo: Memo) => boolean,
  until: AbortSignal,
): Promise<Memo | null> {
  try {
    await client.workflow.start<Workflow>(type, { ...start, args: [...start.args] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  for (let looks = 0; ; looks += 1) {
    const memo = await memoOf<Memo>(client, type, start.workflowId);
    if (memo !== null && memo.fingerprint !== start.memo.fingerprint) {
      const detail = "this Idempotency-Key was used for another request";
      throw new Problem(422, "idempotency_key_reused", detail);
    }
    if (until.aborted || (memo !== null && isDecided(memo))) return memo;
    await delay(LOOKS_MS[Math.min(looks, LOOKS_MS.length - 1)] ?? 400);
  }
}

/** Read from the server's own record: no worker is asked. Null where there is none of that type. */
export async function memoOf<Memo>(
  client: Client,
  type: string,
  workflowId: string,
): Promise<Memo | null> {
  const found = await nullIfNotFound(client.workflow.getHandle(workflowId).describe());
  return found?.type === type ? ((found.memo as Memo | undefined) ?? null) : null;
}
