import { ModelRefusal, ModelSilence } from "./errors.ts";
import type { Fault } from "./ledger.ts";
import type { Timeline } from "./timeline.ts";

/** Carries out a request that may charge, or lets a fault strike before or after it. */
export async function strike<T>(
  fault: Exclude<Fault, { kind: "unsent" }> | null,
  timeline: Timeline,
  act: () => T,
): Promise<T> {
  switch (fault?.kind) {
    case undefined:
      await timeline.pass(200);
      return act();
    case "refuse":
      throw new ModelRefusal(fault.httpStatus, fault.code);
    case "slow_after": {
      const result = act();
      await timeline.pass(30_000);
      return result;
    }
    case "lost_before":
      throw new ModelSilence("ECONNRESET");
    case "timeout_before":
      await timeline.pass(60_000);
      throw new ModelSilence(null);
    case "error_before":
      throw new ModelRefusal(fault.httpStatus, "INTERNAL_SERVER_ERROR");
    case "lost_after":
      act();
      throw new ModelSilence("ECONNRESET");
    case "timeout_after":
      act();
      await timeline.pass(60_000);
      throw new ModelSilence(null);
    case "error_after":
      act();
      throw new ModelRefusal(fault.httpStatus, "INTERNAL_SERVER_ERROR");
  }
}
