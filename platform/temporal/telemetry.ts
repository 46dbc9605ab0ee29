import { Runtime, type RuntimeOptions, type TelemetryOptions } from "@temporalio/worker";
import { BUCKETS, type Count, type HistogramName } from "../../domain/metrics/catalogue.ts";
import { buildInfo } from "../metrics/build-info.ts";
import { createMetrics, type Metrics, withoutSuffix } from "../metrics/metrics.ts";

/** Serves the SDK's metrics and ours under the names that docs/MONITORING.md lists. @param bindAddress `host:port`, with an IP address */
export function metricsOptions(bindAddress: string): NonNullable<TelemetryOptions["metrics"]> {
  const buckets = Object.entries(BUCKETS).map(([name, bounds]): [string, number[]] => [
    withoutSuffix(name as HistogramName, "_seconds"),
    [...bounds],
  ]);
  return {
    attachServiceName: false,
    prometheus: {
      bindAddress,
      countersTotalSuffix: true,
      unitSuffix: true,
      useSecondsForDurations: true,
      histogramBucketOverrides: Object.fromEntries(buckets),
    },
  };
}

/**
 * Installs the SDK's core with its metrics endpoint.
 * @param start series to show from the start
 * @throws where nothing can listen on the address
 */
export function installWithMetrics(
  options: RuntimeOptions,
  bindAddress: string,
  start: readonly Count[],
): Metrics {
  const telemetryOptions = { ...options.telemetryOptions, metrics: metricsOptions(bindAddress) };
  const runtime = Runtime.install({ ...options, telemetryOptions });
  keepAlive(runtime);
  const metrics = createMetrics(runtime.metricMeter, start);
  metrics.set({ metric: "reprise_build_info", labels: buildInfo(), value: 1 });
  return metrics;
}

/**
 * The SDK shuts its core down, with the endpoint and every count, as soon as it has no connection: while Temporal is down, each
 * failed try would end it, when its numbers are needed most. So one object that is never closed is registered.
 * @source docs/TEMPORAL.md, "Metrics"
 */
function keepAlive(runtime: Runtime): void {
  const { backRefs } = runtime as unknown as { readonly backRefs: Set<object> };
  backRefs.add({});
}
