import { loadClientConnectConfig } from "@temporalio/envconfig";
import {
  DefaultLogger,
  type LogEntry,
  type Logger,
  NativeConnection,
  Runtime,
  type RuntimeOptions,
} from "@temporalio/worker";
import type { Count } from "../../domain/metrics/catalogue.ts";
import { scrubbed } from "../../domain/values/own-error.ts";
import { messageOf } from "../error-message.ts";
import { recordOfError } from "../error-record.ts";
import type { Log } from "../log.ts";
import { type Metrics, NO_METRICS } from "../metrics/metrics.ts";
import { installWithMetrics } from "./telemetry.ts";

/** Gaps between connection attempts; the last repeats. */
const RETRY_MS = [250, 500, 1_000, 2_000, 5_000];

export type TemporalAddress = ReturnType<typeof loadClientConnectConfig> & {
  readonly namespace: string;
};

/** Address, namespace and credentials of Temporal, read from the environment by `@temporalio/envconfig`. */
export function temporalAddressOf(
  env: Readonly<Record<string, string | undefined>>,
): TemporalAddress {
  const given = Object.entries(env).filter(
    ([name, value]) => name.startsWith("TEMPORAL_") && value,
  );
  const overrides = Object.fromEntries(given) as Record<string, string>;
  const config = loadClientConnectConfig({
    overrideEnvVars: overrides,
    ...(overrides["TEMPORAL_CONFIG_FILE"] === undefined
      ? { disableFile: true }
      : { configSource: { path: overrides["TEMPORAL_CONFIG_FILE"] } }),
  });
  return { ...config, namespace: config.namespace ?? "default" };
}

/**
 * Sets up the SDK's core once per process, before any connection. Its log lines go to `log`, and its signal handlers
 * are off, because they would swallow SIGTERM.
 *
 * @param metricsAddress `host:port`, with an IP address; null: no metrics
 * @param start series to show from the start
 * @source docs/TEMPORAL.md, "Client connections"
 */
export function installTemporalRuntime(
  log: Log,
  metricsAddress: string | null,
  start: () => readonly Count[],
): Metrics {
  const options: RuntimeOptions = {
    logger: createTemporalLogger(log),
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: { core: "WARN", other: "ERROR" } } },
  };
  if (metricsAddress === null) {
    Runtime.install(options);
    return NO_METRICS;
  }
  try {
    return installWithMetrics(options, metricsAddress, start());
  } catch (error) {
    log.fatal(
      { event: "metrics_listen_failed", address: metricsAddress, detail: messageOf(error) },
      "nothing can listen on the address for metrics; if its port is in use, set a free one",
    );
    process.exit(1);
  }
}

/** The SDK's logger: its lines go to `log`, and no text of an error that is not ours. */
export function createTemporalLogger(log: Log): Logger {
  return new DefaultLogger("INFO", (entry: LogEntry) => {
    const level = entry.level === "TRACE" ? "debug" : (entry.level.toLowerCase() as "debug");
    log[level]({ event: "temporal", ...recordOfMeta(entry.meta) }, scrubbed(entry.message));
  });
}

/** The SDK passes whole errors, such as what an activity threw. */
function recordOfMeta(meta: LogEntry["meta"] = {}): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(meta).map(([name, value]) => [
      name,
      value instanceof Error ? recordOfError(value) : value,
    ]),
  );
}

/**
 * Connects to Temporal, and tries again until it succeeds; `NativeConnection.connect` alone fails at once.
 *
 * @throws the last error, once `signal` is aborted
 */
export async function connectWithRetries(
  address: TemporalAddress,
  log: Log,
  signal: AbortSignal,
): Promise<NativeConnection> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await NativeConnection.connect(address.connectionOptions);
    } catch (error) {
      if (signal.aborted) throw error;
      const detail = messageOf(error);
      // The first failure and then every twentieth, so a long outage does not fill the log.
      if (tries % 20 === 0) {
        log.warn(
          { event: "temporal_unreachable", address: address.connectionOptions.address, detail },
          "Temporal is unreachable; retrying. Check that it is running and that TEMPORAL_ADDRESS is correct",
        );
      }
      await pause(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 5_000, signal);
    }
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(new Error("stopped"));
      },
      { once: true },
    );
  });
}
