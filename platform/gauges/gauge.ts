import type { GaugeName, GaugeValue, LabelsOf } from "../../domain/metrics/catalogue.ts";
import type { Instant } from "../../domain/values/time.ts";

/** Reads some series. If it throws, all series of its `metrics` are unknown. */
export type GaugeReader = {
  readonly metrics: readonly GaugeName[];
  readonly read: (now: Instant) => Promise<readonly GaugeValue[]>;
};

/** A reader of one series. */
export function gauge<Name extends GaugeName>(
  metric: Name,
  labels: LabelsOf<Name>,
  read: (now: Instant) => Promise<number | null>,
): GaugeReader {
  return {
    metrics: [metric],
    read: async (now) => [{ metric, labels, value: await read(now) } as unknown as GaugeValue],
  };
}
