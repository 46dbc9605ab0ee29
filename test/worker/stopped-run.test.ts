import { describe, expect, test } from "vitest";
import type { Import } from "../../domain/state/debt.ts";
import { DAY_0, DAY_MS } from "../support/domain/scenario.ts";
import { leftByStoppedRun } from "../../worker/runs/stopped-run.ts";

const IMPORT: Import = {
  importId: "import-1",
  at: DAY_0,
  by: "anna",
  isVerified: true,
  retry: false,
};

const left = (...changes: readonly object[]): ReturnType<typeof leftByStoppedRun> =>
  leftByStoppedRun({
    closedAt: DAY_0 + DAY_MS,
    input: { subscriptionId: "sub_1" },
    decisions: changes.map((one) => ({ changes: one })),
    activities: [],
  });

describe("a stopped run", () => {
  test("leaves the import whose debts it had open", () => {
    expect(left({ imported: IMPORT }, { state: "waiting" }).stoppedImport).toEqual(IMPORT);
  });

  test("leaves no import whose debts have all ended", () => {
    expect(left({ imported: IMPORT }, { imported: null }).stoppedImport).toBeUndefined();
  });

  test("leaves the import that it was given as it continued as new", () => {
    const input = { subscriptionId: "sub_1", carried: { recovery: { imported: IMPORT } } };
    const run = leftByStoppedRun({ closedAt: DAY_0, input, decisions: [], activities: [] });
    expect(run.stoppedImport).toEqual(IMPORT);
  });
});
