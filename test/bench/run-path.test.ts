import { describe, expect, test } from "vitest";
import { type Bench, NotAvailable, type OpenPath, type Path } from "../../bench/run/path.ts";
import { runPath } from "../../bench/run/run-path.ts";

const lines: string[] = [];
const BENCH: Bench = {
  isQuick: false,
  folder: "/nowhere",
  root: "/nowhere",
  cli: () => Promise.reject(new Error("no Temporal here")),
  cleanup: { add: () => undefined },
  print: (line) => lines.push(line),
};

const pathOf = (open: Path["open"]): Path => ({
  name: "sample",
  title: "a sample",
  measures: [{ key: "value", title: "value", unit: "" }],
  rounds: { full: 2, quick: 1 },
  warmUps: { full: 1, quick: 1 },
  open,
});

/** A path whose product gives these values, one a turn; an error fails the turn. */
function opened(
  values: (number | Error)[],
  order: string[] = [],
): OpenPath & { isClosed: boolean } {
  const path = {
    isClosed: false,
    subjects: [
      {
        name: "product",
        run: async () => {
          order.push("product");
          const value = values.shift() ?? 0;
          if (value instanceof Error) throw value;
          return await Promise.resolve({ value });
        },
      },
      {
        name: "floor",
        run: async () => {
          order.push("floor");
          return await Promise.resolve({ value: 1 });
        },
      },
    ],
    notes: () => ["noted"],
    close: async () => {
      path.isClosed = true;
      await Promise.resolve();
    },
  };
  return path;
}

const never = (): boolean => false;

describe("the rounds of a path", () => {
  test("are interleaved, begin with another subject each time, and leave out the warm-up", async () => {
    const order: string[] = [];
    const path = opened([1, 2, 3], order);
    const run = await runPath(
      pathOf(() => Promise.resolve(path)),
      BENCH,
      never,
    );
    expect(order).toEqual(["floor", "product", "product", "floor", "floor", "product"]);
    expect(run.rounds.map(({ number }) => number)).toEqual([1, 1, 2, 2]);
    expect(run.notes).toEqual(["noted"]);
    expect(path.isClosed).toBe(true);
  });

  test("go on after one that failed, which stays in the result", async () => {
    const run = await runPath(
      pathOf(() => Promise.resolve(opened([1, new Error("an answer was 503"), 3]))),
      BENCH,
      never,
    );
    const ofProduct = run.rounds.filter(({ subject }) => subject === "product");
    expect(ofProduct.map(({ sample, error }) => [sample?.["value"], error])).toEqual([
      [undefined, "an answer was 503"],
      [3, null],
    ]);
    expect(lines.some((line) => line.includes("FAILED: an answer was 503"))).toBe(true);
  });

  test("include a warm-up only if it failed", async () => {
    const run = await runPath(
      pathOf(() => Promise.resolve(opened([new Error("cold"), 2, 3]))),
      BENCH,
      never,
    );
    expect(run.rounds[0]).toMatchObject({ number: 0, subject: "product", error: "cold" });
  });

  test("fail with a value that is no number", async () => {
    const run = await runPath(
      pathOf(() => Promise.resolve(opened([1, Number.NaN, 3]))),
      BENCH,
      never,
    );
    expect(run.rounds.find(({ error }) => error !== null)?.error).toBe("value is NaN");
  });

  test("end at an interrupt, and the path is closed", async () => {
    const path = opened([1, 2, 3]);
    let turns = 0;
    const run = await runPath(
      pathOf(() => Promise.resolve(path)),
      BENCH,
      () => (turns += 1) > 3,
    );
    expect(run.problem).toBe("interrupted");
    expect(run.rounds).toHaveLength(1);
    expect(path.isClosed).toBe(true);
  });

  test("of a quick run are fewer", async () => {
    const quick = { ...BENCH, isQuick: true };
    const run = await runPath(
      pathOf(() => Promise.resolve(opened([1, 2]))),
      quick,
      never,
    );
    expect([run.planned, run.rounds.length]).toEqual([1, 2]);
  });
});

describe("a path that does not start", () => {
  test("is a failure with its reason", async () => {
    const run = await runPath(
      pathOf(() => Promise.reject(new Error("exit code 78"))),
      BENCH,
      never,
    );
    expect(run).toMatchObject({ problem: "exit code 78", isUnavailable: false, rounds: [] });
  });

  test("because the machine lacks something is no failure", async () => {
    const lacking = new NotAvailable("no redis-server on the PATH");
    const run = await runPath(
      pathOf(() => Promise.reject(lacking)),
      BENCH,
      never,
    );
    expect(run).toMatchObject({ problem: "no redis-server on the PATH", isUnavailable: true });
  });
});
