import type { MetricCounter, MetricGauge, MetricHistogram, MetricMeter } from "@temporalio/common";
import {
  type Count,
  type CounterName,
  type GaugeValue,
  type HistogramName,
  type LabelsOf,
  METRICS,
  type MetricName,
} from "../../domain/metrics/catalogue.ts";
import { memoize } from "../memoize.ts";

/** Where the two processes count. None of it throws, and nothing waits for it. */
export type Metrics = {
  readonly add: (count: Count) => void;
  readonly observe: <Name extends HistogramName>(
    metric: Name,
    seconds: number,
    labels: LabelsOf<Name>,
  ) => void;
  /**
   * Shows a value. Of an unknown one, a series that was never known stays absent. One that was known becomes `NaN`, because Prometheus'
   * exporter cannot remove a series; no comparison with `NaN` is true, and `max` ignores it.
   */
  readonly set: (value: GaugeValue) => void;
};

/** Counts nothing: no address for metrics is set. */
export const NO_METRICS: Metrics = {
  add: () => undefined,
  observe: () => undefined,
  set: () => undefined,
};

/** Metrics through the meter of Temporal's SDK, beside the SDK's own. @param start series to show from the start */
export function createMetrics(meter: MetricMeter, start: readonly Count[]): Metrics {
  const counters = memoize<MetricCounter>();
  const histograms = memoize<MetricHistogram>();
  const gauges = memoize<MetricGauge>();
  const shown = new Set<string>();
  const counterOf = (metric: CounterName): MetricCounter =>
    counters(metric, () =>
      meter.createCounter(withoutSuffix(metric, "_total"), undefined, helpOf(metric)),
    );
  const metrics: Metrics = {
    add: ({ metric, labels, by }) => counterOf(metric).add(by, labels),
    observe: (metric, seconds, labels) => {
      const name = withoutSuffix(metric, "_seconds");
      histograms(metric, () =>
        meter.createHistogram(name, "float", "seconds", helpOf(metric)),
      ).record(seconds, labels);
    },
    set: ({ metric, labels, value }) => {
      const series = JSON.stringify([metric, labels]);
      if (value === null && !shown.has(series)) return;
      shown.add(series);
      gauges(metric, () => meter.createGauge(metric, "float", undefined, helpOf(metric))).set(
        value ?? Number.NaN,
        labels,
      );
    },
  };
  for (const count of start) metrics.add(count);
  return metrics;
}

function helpOf(metric: MetricName): string {
  return METRICS[metric].help;
}

/** The exporter adds `_total` to counters, and the unit to histograms. */
export function withoutSuffix(metric: MetricName, suffix: string): string {
  return metric.endsWith(suffix) ? metric.slice(0, -suffix.length) : metric;
}
