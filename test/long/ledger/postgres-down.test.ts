import { tsToMs } from "@temporalio/common/lib/time.js";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startPostgres } from "../../../dev/postgres/server.ts";
import { freePort } from "../../../dev/process/ports.ts";
import { MINUTE_MS } from "../../../domain/values/time.ts";
import { openWorkerLedger, type WorkerLedger } from "../../../worker/ledger/worker-ledger.ts";
import { compareRuns, openTestLedger } from "../../support/ledger.ts";
import { recordedLog } from "../../support/logs/lines.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

async function hasPending(system: TestSystem, subscriptionId: string, name: string) {
  const { raw } = await system.handle(subscriptionId).describe();
  return (raw.pendingActivities ?? []).some(({ activityType }) => activityType?.name === name);
}

describe("while PostgreSQL is down", () => {
  test("a recovery charges, writes and ends as usual, closes ten minutes later, and is in the ledger afterwards", async () => {
    const { log, lines, faults } = recordedLog();
    const folder = mkdtempSync(join(tmpdir(), "reprise-postgres-"));
    chmodSync(folder, 0o755);
    const port = await freePort("127.0.0.1");
    let server = await startPostgres({ folder, durable: false, port });
    const { url } = server;
    await server.kill();
    const opened: WorkerLedger[] = [];
    const system = await startTestSystem({
      log,
      openLedger: async (options) => {
        const ledger = openWorkerLedger({ ...options, url });
        opened.push(ledger);
        return ledger;
      },
    });
    const seen = (event: string): boolean => lines.some((line) => line.event === event);
    try {
      const email = "ada@customer.example";
      const declined = [{ decline: "INSUFFICIENT_FUNDS" }];
      const subscriptionId = await failedCharge(system, declined, { email });
      const { outcome, debts } = await system.runToEnd(subscriptionId);
      expect(outcome).toBe("recovered");
      expect(system.mailsTo(email).length).toBeGreaterThan(1);
      const { events = [] } = await system.handle(subscriptionId).fetchHistory();
      const timeOf = (event: (typeof events & object)[number] | undefined): number =>
        tsToMs(event?.eventTime);
      const scheduled = events?.findLast(
        (event) => event.activityTaskScheduledEventAttributes != null,
      );
      // The run goes on to its end without waiting: what it tells at last comes before the ledger.
      expect(timeOf(scheduled) - (debts.at(-1)?.endedAt ?? 0)).toBeLessThan(MINUTE_MS);
      expect(timeOf(events?.at(-1)) - timeOf(scheduled)).toBeLessThanOrEqual(11 * MINUTE_MS);
      const other = await failedCharge(system, [...declined, ...declined]);
      const written: { args: [unknown] } = { args: [{ by: "anna", note: "" }] };
      await system.handle(other).executeUpdate("writeOff", written);
      await until(async () => await hasPending(system, other, "completeLedger"), {
        what: "the run that waits for its ledger",
      });
      await system.sandbox.control.charge(other);
      // What arrives now is decided on at once, and not after ten minutes.
      await until(async () => (await system.readView(other)).recovery.debt !== null, {
        what: "the next debt",
      });
      await until(() => seen("ledger_not_ready") && seen("ledger_write_failed"), {
        what: "the lines of the failure",
      });
      server = await startPostgres({ folder, durable: false, port });
      await until(() => seen("ledger_write_resumed"), { what: "the line", timeoutMs: 60_000 });
      const db = await openTestLedger(url);
      const compared = await compareRuns(db, system.client, system.taskQueue);
      expect(compared).toHaveLength(2);
      for (const { stored, history } of compared) expect(stored).toEqual(history);
      await db.destroy();
      opened[0]?.write({ recoveryId: "recovery-1", runId: "1", startedAt: 0 }, {} as never);
      expect(seen("ledger_decision_dropped")).toBe(true);
      expect(faults).toEqual([]);
    } finally {
      await system.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
