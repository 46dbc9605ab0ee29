import { WorkflowNotFoundError } from "@temporalio/client";

/** Resolves to null if Temporal has no such workflow, or no longer has it. */
export async function nullIfNotFound<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
