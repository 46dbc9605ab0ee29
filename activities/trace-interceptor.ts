import type { ActivityInterceptorsFactory } from "@temporalio/worker";
import { originOf } from "../platform/traces/temporal-headers.ts";
import type { Tracing } from "../platform/traces/tracing.ts";

/** Makes a span of each activity, local ones included: part of its webhook's trace, or, long after, linked to it. */
export function traceInterceptor({ inSpan }: Tracing): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const origin = originOf(input.headers);
        // What no webhook or request has caused, such as a sweep.
        if (origin.parent === undefined && origin.link === undefined) return await next(input);
        const { workflowId, runId } = info.workflowExecution ?? {};
        const attributes = {
          ...(workflowId === undefined ? {} : { temporalWorkflowID: workflowId }),
          ...(runId === undefined ? {} : { temporalRunID: runId }),
          "temporal.attempt": info.attempt,
        };
        const name = `Activity ${info.activityType}`;
        return await inSpan({ name, kind: "consumer", attributes, ...origin }, () => next(input));
      },
    },
  });
}
