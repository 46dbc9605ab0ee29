import { type Check, type Finding, unknown } from "../check.ts";
import type { Subject } from "../subject.ts";
import type { Connected } from "./access.ts";

/** A check that needs the namespace; without it, it is unknown. */
export function temporalCheck(
  { name, what, requests = 2 }: Pick<Check, "name" | "what" | "requests">,
  run: (connected: Connected, subject: Subject) => Promise<Finding>,
): Check {
  return {
    name,
    what,
    requests,
    run: async (subject) => {
      const connected = await subject.temporal.connect();
      if (connected.kind !== "connected") return unknown("Temporal cannot be reached.");
      const namespace = await subject.temporal.namespace(connected);
      if (namespace.kind === "refused" && namespace.refused.code === "NOT_FOUND") {
        return unknown(`There is no namespace "${connected.namespace}".`);
      }
      const deadline = Date.now() + requests * subject.timeoutMs;
      return await connected.client.withDeadline(deadline, () => run(connected, subject));
    },
  };
}
