/**
 * A set-up file of vitest: gateways in the test's process wait longer for Temporal than the three seconds after which
 * they answer 503, because a busy machine can need longer. Gateways in processes of their own keep their deadline, and
 * `test/long/processes/temporal-down.test.ts` measures it.
 */
import { vi } from "vitest";
import type * as callTemporalModule from "../../server/temporal/call-temporal.ts";

vi.mock(import("../../server/temporal/call-temporal.ts"), async (importOriginal) => {
  const { WAIT_LIMIT_MS } = await import("./limits.ts");
  const original: typeof callTemporalModule = await importOriginal();
  return {
    ...original,
    TEMPORAL_DEADLINE_MS: WAIT_LIMIT_MS as typeof original.TEMPORAL_DEADLINE_MS,
    // A longer deadline, such as that of a link, is not shortened.
    callTemporal: (client, work) => original.callTemporal(client, work, WAIT_LIMIT_MS),
  };
});
