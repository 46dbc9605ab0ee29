import { APIConnectionTimeoutError } from "dodopayments";
import { apiError, connectionLost } from "./errors.ts";
import type { RequestFault } from "./ledger.ts";
import type { Timeline } from "./timeline.ts";

/** Carries out a mutation, with its fault injected before or after it. Throws what the SDK would throw. */
export async function withRequestFault<T>(
  fault: Exclude<RequestFault, { kind: "unsent" }> | null,
  timeline: Timeline,
  act: () => T,
): Promise<T> {
  switch (fault?.kind) {
    case undefined:
      await timeline.pass(200);
      return act();
    case "refuse":
      throw apiError(fault.httpStatus, fault.code);
    case "slow_after": {
      const result = act();
      await timeline.pass(30_000);
      return result;
    }
    case "lost_before":
      throw connectionLost("ECONNRESET");
    case "timeout_before":
      await timeline.pass(60_000);
      throw new APIConnectionTimeoutError();
    case "error_before":
      throw apiError(fault.httpStatus, "INTERNAL_SERVER_ERROR");
    case "lost_after":
      act();
      throw connectionLost("ECONNRESET");
    case "timeout_after":
      act();
      await timeline.pass(60_000);
      throw new APIConnectionTimeoutError();
    case "error_after":
      act();
      throw apiError(fault.httpStatus, "INTERNAL_SERVER_ERROR");
  }
}
