import type { Client } from "@temporalio/client";
import type { GaugeValue } from "../../domain/metrics/catalogue.ts";
import { MINUTE_MS, type Instant } from "../../domain/values/time.ts";
import { messageOf } from "../error-message.ts";
import type { Log } from "../log.ts";
import type { GaugeReader } from "./gauge.ts";
import { type Metrics, NO_METRICS } from "../metrics/metrics.ts";
import { ledgerGauges } from "./ledger-gauges.ts";
import { queueGauges } from "./queue-gauges.ts";
import { recoveryGauges } from "./recovery-gauges.ts";

/** Temporal is asked this often, however often Prometheus scrapes. */
const EVERY_MS = MINUTE_MS;

/** Until the process is connected. */
const SOON_MS = 500;

/** For all series of one reader. */
const READ_TIMEOUT_MS = 20_000;

export type GaugeWatch = {
  readonly metrics: Metrics;
  /** Null until connected. */
  readonly client: () => Client | null;
  readonly taskQueue: string;
  readonly log: Log;
  readonly now: () => Instant;
};

/** Reads the gauges at once and then every minute, until `signal` is aborted. What cannot be read is unknown until it can. */
export function watchGauges(watch: GaugeWatch, signal: AbortSignal): void {
  if (watch.metrics === NO_METRICS) return;
  let readers: readonly ShownGauge[] | null = null;
  const repeat = async (): Promise<void> => {
    if (signal.aborted) return;
    const client = watch.client();
    if (client !== null) {
      readers ??= gaugesOf(client, watch);
      await readAll(client, readers, watch);
    }
    // Not connected yet: soon.
    setTimeout(() => void repeat(), client === null ? SOON_MS : EVERY_MS).unref();
  };
  void repeat();
}

function gaugesOf(client: Client, { taskQueue, metrics }: GaugeWatch): readonly ShownGauge[] {
  const readers = [
    ...queueGauges(client, taskQueue),
    ...recoveryGauges(client, taskQueue),
    ...ledgerGauges(client, taskQueue),
  ];
  return readers.map((reader) => shownGauge(reader, metrics));
}

/** One after the other: nobody waits for them. */
async function readAll(
  client: Client,
  readers: readonly ShownGauge[],
  { log, now }: GaugeWatch,
): Promise<void> {
  const unknown = new Map<string, string>();
  for (const { reader, show, forget } of readers) {
    try {
      const timeout = AbortSignal.timeout(READ_TIMEOUT_MS);
      show(await client.withAbortSignal(timeout, () => reader.read(now())));
    } catch (error) {
      forget();
      for (const metric of reader.metrics) unknown.set(metric, messageOf(error));
    }
  }
  if (unknown.size === 0) return;
  const [detail = ""] = unknown.values();
  log.warn(
    { event: "gauges_unread", metrics: [...unknown.keys()], detail },
    "these metrics could not be read from Temporal; they are unknown until the next read succeeds",
  );
}

type ShownGauge = {
  readonly reader: GaugeReader;
  readonly show: (values: readonly GaugeValue[]) => void;
  readonly forget: () => void;
};

/** A series that was shown and that the reader no longer has is zero; all of them are unknown once it fails. */
function shownGauge(reader: GaugeReader, metrics: Metrics): ShownGauge {
  const shown = new Map<string, GaugeValue>();
  return {
    reader,
    show: (values) => {
      for (const one of values) shown.set(JSON.stringify([one.metric, one.labels]), one);
      for (const one of shown.values())
        metrics.set(values.includes(one) ? one : { ...one, value: 0 });
    },
    forget: () => {
      for (const one of shown.values()) metrics.set({ ...one, value: null });
    },
  };
}
