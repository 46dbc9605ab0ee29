import type { Tracing } from "./tracing.ts";

/**
 * Loads OpenTelemetry, and only then.
 * @param endpoint of an OTLP/HTTP receiver, without `/v1/traces`; null: no traces
 */
export async function startTracing(
  endpoint: string | null,
  process: "gateway" | "worker",
): Promise<Tracing | null> {
  if (endpoint === null) return null;
  const { openTelemetry } = await import("./open-telemetry.ts");
  return openTelemetry(endpoint, `reprise-${process}`);
}
