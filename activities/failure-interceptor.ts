import type { ActivityInterceptorsFactory } from "@temporalio/worker";
import { failureOfActivity } from "./failure.ts";

/**
 * The outermost interceptor of every activity, local ones included: whatever one throws, even by a bug, becomes a failure of ours
 * before the SDK logs and records it.
 */
export const failureInterceptor: ActivityInterceptorsFactory = ({ cancellationSignal }) => ({
  inbound: {
    execute: async (input, next) => {
      try {
        return await next(input);
      } catch (error) {
        throw failureOfActivity(error, cancellationSignal.aborted);
      }
    },
  },
});
