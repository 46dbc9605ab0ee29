import { isGrpcServiceError, WorkflowNotFoundError } from "@temporalio/client";

/** @source https://grpc.io/docs/guides/status-codes/ */
export const GRPC = { invalidArgument: 3, notFound: 5 } as const;

/** The gRPC status of a failed call to Temporal, also where the SDK wraps its error; null for another error. */
export function grpcCodeOf(error: unknown): number | null {
  if (isGrpcServiceError(error)) return Number(error.code);
  return error instanceof Error && error.cause !== undefined ? grpcCodeOf(error.cause) : null;
}

/** Temporal does not know the run, or has deleted it after its retention. */
export function isNotFound(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError || grpcCodeOf(error) === GRPC.notFound;
}
