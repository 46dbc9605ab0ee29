import { WorkflowNotFoundError } from "@temporalio/client";

/** Null where there is no such workflow (any more). */
export async function nullIfNotFound<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
