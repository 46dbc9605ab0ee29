import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowStartOptions,
} from "@temporalio/client";
import type { Workflow } from "@temporalio/common";
import type { FastifyRequest } from "fastify";
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { nullIfNotFound } from "../../platform/temporal/null-if-not-found.ts";
import { Problem } from "./problem.ts";

// A digest of the Idempotency-Key is the workflow id, and the workflow's memo holds the answer.

export const idempotencyHeaders = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "expected 1 to 255 visible ASCII characters")
    .describe(
      "Repeating a request with the same key and body has no further effect, for as long as Temporal keeps the workflow.",
    ),
});

/** Runs before a request is validated, so that a missing key is reported before anything else. @throws Problem */
export async function requireIdempotencyKey({ headers }: FastifyRequest): Promise<void> {
  const key = headers["idempotency-key"];
  if (key === undefined || key === "") {
    const detail =
      "Send the header Idempotency-Key. Repeating a request with the same key has no further effect.";
    throw new Problem(400, "idempotency_key_missing", detail);
  }
  await Promise.resolve();
}

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** SHA-256 of a request body, independent of the order of its fields. */
export function fingerprintOf(body: unknown): string {
  const canonical = JSON.stringify(body, (_name, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return sha256(canonical);
}

/** Start of a workflow whose id is never used again. */
export type IdempotentStart = Pick<WorkflowStartOptions, "taskQueue"> & {
  readonly type: string;
  readonly workflowId: string;
  readonly args: readonly unknown[];
  readonly workflowIdReusePolicy: "REJECT_DUPLICATE";
  readonly memo: { readonly fingerprint: string };
};

/** Gaps between reads of the memo; the last repeats. Most requests are decided within a second. */
const POLL_DELAYS_MS = [40, 80, 150, 250, 400];

/**
 * Starts the workflow or finds the one that was started with this id, and polls its memo until that is decided.
 *
 * @returns the last memo that was read, decided or not; null if it is not visible yet
 * @throws Problem if the id was started for a request with another fingerprint
 */
export async function startOnce<Memo extends { readonly fingerprint: string }>(
  client: Client,
  { type, ...start }: IdempotentStart,
  isDecided: (memo: Memo) => boolean,
  until: AbortSignal,
): Promise<Memo | null> {
  try {
    await client.workflow.start<Workflow>(type, { ...start, args: [...start.args] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  for (let polls = 0; ; polls += 1) {
    const memo = await readMemo<Memo>(client, type, start.workflowId);
    if (memo !== null && memo.fingerprint !== start.memo.fingerprint) {
      const detail = "This Idempotency-Key was used for another request. Use a new key.";
      throw new Problem(422, "idempotency_key_reused", detail);
    }
    if (until.aborted || (memo !== null && isDecided(memo))) return memo;
    await delay(POLL_DELAYS_MS[Math.min(polls, POLL_DELAYS_MS.length - 1)] ?? 400);
  }
}

/** Reads a memo from the Temporal server, without a worker. @returns null if no workflow of that type has the id */
export async function readMemo<Memo>(
  client: Client,
  type: string,
  workflowId: string,
): Promise<Memo | null> {
  const found = await nullIfNotFound(client.workflow.getHandle(workflowId).describe());
  return found?.type === type ? ((found.memo as Memo | undefined) ?? null) : null;
}
