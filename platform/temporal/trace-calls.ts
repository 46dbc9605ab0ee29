import type { WorkflowClientInterceptor } from "@temporalio/client";
import { headersWith } from "../traces/temporal-headers.ts";
import type { Tracing } from "../traces/tracing.ts";

/** Sends the active trace with each message to a workflow. */
export function traceCalls({ inSpan, carrier }: Tracing): WorkflowClientInterceptor {
  const inCall = async <T>(
    name: string,
    workflowId: string,
    call: () => Promise<T>,
  ): Promise<T> => {
    if (carrier()["traceparent"] === undefined) return await call();
    const attributes = { temporalWorkflowID: workflowId };
    return await inSpan({ name: `Temporal ${name}`, kind: "client", attributes }, call);
  };
  const withTrace = <Input extends { readonly headers: Parameters<typeof headersWith>[0] }>(
    input: Input,
  ): Input => ({ ...input, headers: headersWith(input.headers, carrier()) });
  return {
    startWithDetails: (input, next) =>
      inCall(`start ${input.workflowType}`, input.options.workflowId, () => next(withTrace(input))),
    signalWithStart: (input, next) =>
      inCall(`signal ${input.signalName}`, input.options.workflowId, () => next(withTrace(input))),
    signal: (input, next) =>
      inCall(`signal ${input.signalName}`, input.workflowExecution.workflowId, () =>
        next(withTrace(input)),
      ),
    startUpdate: (input, next) =>
      inCall(`update ${input.updateName}`, input.workflowExecution.workflowId, () =>
        next(withTrace(input)),
      ),
  };
}
