import { describe, expect, test } from "vitest";
import { createLedgerWriter, type LedgerWriter } from "../../ledger/live/ledger-writer.ts";
import { accept } from "../../ledger/live/accept.ts";
import type { DecisionRows, RunKey } from "../../ledger/projection/rows.ts";

function decision(runId: string, number: number): DecisionRows {
  const recovery = { provider: "dodo", recoveryId: `recovery-${runId}`, runId, decision: number };
  return {
    recovery: recovery as DecisionRows["recovery"],
    debts: [],
    attempts: [],
    notices: [],
    actions: [],
    noticeEnds: [],
    removedDebts: [],
  };
}

class Refused extends Error {}

/** A writer whose database answers as `write` does, and whose pauses take no time. */
function started(write: (batch: readonly DecisionRows[]) => Promise<readonly RunKey[]>) {
  const written: string[] = [];
  const filled: string[] = [];
  const dropped: string[] = [];
  const told: string[] = [];
  const writer = createLedgerWriter({
    write: async (batch) => {
      const gaps = await write(batch);
      written.push(...batch.map(({ recovery }) => `${recovery.runId} ${recovery.decision}`));
      return gaps;
    },
    fill: async ({ runId }) => {
      filled.push(runId);
      await Promise.resolve();
    },
    isRefusal: (error) => error instanceof Refused,
    onPending: () => undefined,
    onFailure: () => told.push("failed"),
    onDropped: ({ runId }) => dropped.push(runId),
    onRecovered: () => told.push("recovered"),
    pause: async () => await new Promise((resolve) => setImmediate(resolve)),
    monotonicMs: () => 0,
  });
  return { writer, written, filled, dropped, told };
}

async function untilWritten(writer: LedgerWriter): Promise<void> {
  while (writer.pending() > 0) await new Promise((resolve) => setImmediate(resolve));
}

const none = async (): Promise<readonly RunKey[]> => await Promise.resolve([]);

describe("the writer of the ledger", () => {
  test("writes decisions in the order in which they were made", async () => {
    const { writer, written } = started(none);
    for (const number of [1, 2, 3]) writer.add(decision("a", number));
    expect(written).toEqual([]);
    await untilWritten(writer);
    expect(written).toEqual(["a 1", "a 2", "a 3"]);
  });

  test("tries again while the database is down, and says once that it failed and that it goes on", async () => {
    let failures = 3;
    const { writer, written, told } = started(async () => {
      failures -= 1;
      if (failures >= 0) throw new Error("down");
      return await none();
    });
    writer.add(decision("a", 1));
    await untilWritten(writer);
    expect(written).toEqual(["a 1"]);
    expect(told).toEqual(["failed", "recovered"]);
  });

  test("drops what it has no room for, and reads the histories of those runs once the database answers", async () => {
    const { writer, written, filled } = started(none);
    for (let number = 1; number <= 20_000; number += 1) writer.add(decision("a", number));
    writer.add(decision("b", 1));
    writer.add(decision("b", 2));
    writer.add(decision("c", 1));
    expect(writer.pending()).toBe(20_002);
    await untilWritten(writer);
    expect(written).toHaveLength(20_000);
    expect(filled).toEqual(["b", "c"]);
  });

  test("drops only the decision that PostgreSQL refuses", async () => {
    const { writer, written, dropped } = started(async (batch) => {
      if (batch.some(({ recovery }) => recovery.decision === 2)) throw new Refused();
      return await none();
    });
    for (const number of [1, 2, 3]) writer.add(decision("a", number));
    await untilWritten(writer);
    expect(written).toEqual(["a 1", "a 3"]);
    expect(dropped).toEqual(["a"]);
  });

  test("reads the history of a run of which a decision is missing", async () => {
    const run = { provider: "dodo", recoveryId: "recovery-a", runId: "a" };
    const { writer, filled } = started(async () => await Promise.resolve([run]));
    writer.add(decision("a", 5));
    await untilWritten(writer);
    expect(filled).toEqual(["a"]);
  });

  test("writes what waits before it stops, and gives up in time where the database is down", async () => {
    const works = started(none);
    works.writer.add(decision("a", 1));
    await works.writer.stop(5_000);
    expect(works.written).toEqual(["a 1"]);
    const down = started(async () => await Promise.reject(new Error("down")));
    down.writer.add(decision("a", 1));
    await down.writer.stop(5_000);
    expect(down.writer.pending()).toBe(1);
  });
});

describe("a decision is written on top of the decisions before it", () => {
  const numbers = (stored: Parameters<typeof accept>[0], made: readonly number[]) => {
    const { accepted, needsHistory } = accept(
      stored,
      made.map((number) => decision("a", number)),
    );
    return [accepted.map(({ recovery }) => recovery.decision), needsHistory];
  };

  test("from the first one on, and the last one may come again", () => {
    expect(numbers({ decision: 0, recorded: 0 }, [1, 2, 2, 3])).toEqual([[1, 2, 2, 3], false]);
    expect(numbers({ decision: 3, recorded: 0 }, [3, 4])).toEqual([[3, 4], false]);
  });

  test("and never on top of what the history has given", () => {
    expect(numbers({ decision: 7, recorded: 7 }, [6, 7])).toEqual([[], false]);
    expect(numbers({ decision: 7, recorded: 7 }, [7, 8])).toEqual([[8], false]);
  });

  test("and where one is missing, or the numbers begin lower again, the history is needed", () => {
    expect(numbers({ decision: 0, recorded: 0 }, [4])).toEqual([[], true]);
    expect(numbers({ decision: 3, recorded: 0 }, [5, 6])).toEqual([[], true]);
    expect(numbers({ decision: 9, recorded: 0 }, [6])).toEqual([[], true]);
  });
});
