import type { Headers, WorkflowInterceptors } from "@temporalio/workflow";
import { LINK_HEADER, TRACE_HEADER, TRACE_LASTS_MS } from "../../domain/values/trace-headers.ts";

type Trace = { readonly payload: Headers[string]; readonly header: string; readonly since: number };

/**
 * Hands the trace of the latest message on to what the workflow starts. It is part of every bundle, whether or not traces are on,
 * and awaits nothing: a header changes no command, so a history replays with and without it.
 */
export const interceptors = (): WorkflowInterceptors => {
  let trace: Trace | null = null;
  const remember = (headers: Headers): void => {
    for (const header of [TRACE_HEADER, LINK_HEADER]) {
      const payload = headers[header];
      if (payload !== undefined) trace = { payload, header, since: Date.now() };
    }
  };
  const withTrace = <Input extends { readonly headers: Headers }>(input: Input): Input => {
    if (trace === null) return input;
    const { payload, header, since } = trace;
    const isOver = Date.now() - since > TRACE_LASTS_MS;
    return { ...input, headers: { ...input.headers, [isOver ? LINK_HEADER : header]: payload } };
  };
  return {
    inbound: [
      {
        execute: (input, next) => {
          remember(input.headers);
          return next(input);
        },
        handleSignal: (input, next) => {
          remember(input.headers);
          return next(input);
        },
        handleUpdate: (input, next) => {
          remember(input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(withTrace(input)),
        scheduleLocalActivity: (input, next) => next(withTrace(input)),
        signalWorkflow: (input, next) => next(withTrace(input)),
        continueAsNew: (input, next) => next(withTrace(input)),
      },
    ],
  };
};
