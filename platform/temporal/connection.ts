import { loadClientConnectConfig } from "@temporalio/envconfig";
import { DefaultLogger, type LogEntry, NativeConnection, Runtime } from "@temporalio/worker";
import type { Log } from "../log.ts";

/** How often a connection is tried again, in milliseconds; the last repeats. */
const RETRY_MS = [250, 500, 1_000, 2_000, 5_000];

export type TemporalAddress = ReturnType<typeof loadClientConnectConfig> & {
  readonly namespace: string;
};

/** Where Temporal is, as `@temporalio/envconfig` reads it from the environment. */
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
 * Sets up the SDK's core once for the process, before any connection: its log lines among ours, and without its
 * signal handlers, which would swallow SIGTERM.
 * @source docs/TEMPORAL.md, "Client connections"
 */
export function installTemporalRuntime(log: Log): void {
  const logger = new DefaultLogger("INFO", (entry: LogEntry) => {
    const level = entry.level === "TRACE" ? "debug" : (entry.level.toLowerCase() as "debug");
    log[level]({ event: "temporal", ...entry.meta }, entry.message);
  });
  Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: { core: "WARN", other: "ERROR" } } },
  });
}

/** A connection that is being made, however long it takes: `NativeConnection.connect` fails at once. */
export async function connectPatiently(
  address: TemporalAddress,
  log: Log,
  signal: AbortSignal,
): Promise<NativeConnection> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await NativeConnection.connect(address.connectionOptions);
    } catch (error) {
      if (signal.aborted) throw error;
      const detail = error instanceof Error ? error.message : String(error);
      // Said at first, then once in a while: an outage of hours must not fill the log.
      if (tries % 20 === 0) {
        log.warn(
          { event: "temporal_unreachable", address: address.connectionOptions.address, detail },
          "Temporal cannot be reached; it is tried again. Is it running, and TEMPORAL_ADDRESS right?",
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
