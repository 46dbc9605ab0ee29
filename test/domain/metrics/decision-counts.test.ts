import { describe, expect, test } from "vitest";
import {
  alertCounts,
  type Count,
  METRICS,
  workerCounts,
} from "../../../domain/metrics/catalogue.ts";
import { countsOf } from "../../../domain/metrics/decision-counts.ts";
import { currencyLabel } from "../../../domain/metrics/label-values.ts";
import type { Recovery } from "../../../domain/state/recovery.ts";
import type { DomainEvent } from "../../../domain/state/event.ts";
import { MARK_PAID, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { failedPayment as failed, RecoveryDriver } from "../../support/domain/recovery-driver.ts";

/** Drives a recovery and adds up what its decisions count. */
class CountingDriver extends RecoveryDriver {
  readonly counted: Count[] = [];

  override receive(event: DomainEvent): ReturnType<RecoveryDriver["receive"]> {
    const before: Recovery = this.recovery;
    const decision = super.receive(event);
    this.counted.push(...countsOf(before, [event], decision));
    return decision;
  }

  get totals(): Readonly<Record<string, number>> {
    const totals: Record<string, number> = {};
    for (const { metric, labels, by } of this.counted) {
      const name = `${metric} ${Object.values(labels).join(" ")}`.trim();
      if (by > 0) totals[name] = (totals[name] ?? 0) + by;
    }
    return totals;
  }
}

function opened(): CountingDriver {
  const driver = new CountingDriver();
  driver.open([failed(1)]);
  return driver;
}

describe("what decisions count", () => {
  test("is one opening and the failed charge, under its trigger, however many decisions follow", () => {
    const driver = opened();
    driver.receive({ kind: "timer_fired" });
    expect(driver.totals).toEqual({
      "reprise_recoveries_opened_total act": 1,
      "reprise_attempts_total charge declined soft": 1,
    });
  });

  test("is the end and the settled amount once, when the operator marks the debt as paid", () => {
    const driver = opened();
    driver.command(MARK_PAID);
    expect(driver.totals).toMatchObject({
      "reprise_recoveries_ended_total recovered operator": 1,
      "reprise_collected_minor_total USD": 1_000,
    });
  });

  test("is an end without an amount for a debt that is written off", () => {
    const driver = opened();
    driver.command(WRITE_OFF);
    expect(driver.totals).toMatchObject({
      "reprise_recoveries_ended_total written_off operator": 1,
    });
    expect(Object.keys(driver.totals).join()).not.toContain("collected");
  });

  test("is an unknown attempt once, and again with its result when the payment is found", () => {
    const driver = opened();
    driver.advanceToCharge();
    driver.finishCharge({ kind: "unknown", detail: "no answer", sentNoLaterThan: driver.now });
    expect(driver.totals).toMatchObject({ "reprise_attempts_total schedule unknown": 1 });
  });

  test("is a refused attempt, and one that was not sent, and each notice by its kind", () => {
    const refused = opened();
    refused.advanceToCharge();
    refused.finishCharge({
      kind: "not_attempted",
      why: "unreachable",
      detail: "no connection",
    });
    expect(refused.totals).toMatchObject({ "reprise_attempts_total schedule not_attempted": 1 });
    const notices = Object.keys(refused.totals).filter((name) => name.includes("notices"));
    expect(notices).toEqual([
      "reprise_notices_total payment_failed sent",
      "reprise_notices_total retry_ahead sent",
    ]);
  });

  test("shows the series of a currency before anything is collected in it", () => {
    expect(opened().counted).toContainEqual({
      metric: "reprise_collected_minor_total",
      labels: { currency: "USD" },
      by: 0,
    });
  });
});

describe("the labels of metrics", () => {
  test("of the first series are those of the table", () => {
    const counts = [...workerCounts(), ...alertCounts()];
    for (const { metric, labels } of counts) {
      expect(Object.keys(labels).toSorted()).toEqual([...METRICS[metric].labels].toSorted());
    }
    expect(counts.length).toBeLessThan(400);
  });

  test("take no currency that is no code", () => {
    expect(["USD", "usd", "", "US DOLLARS", "EUR"].map(currencyLabel)).toEqual([
      "USD",
      "other",
      "other",
      "other",
      "EUR",
    ]);
  });
});
