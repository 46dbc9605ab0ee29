import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createLimiter, forEachLimited } from "../../server/webhook/fan-out.ts";
import { createProgress } from "../../server/webhook/progress.ts";

const NEVER = new AbortController().signal;

describe("the limit of signals to Temporal", () => {
  test("lets no more than its number run at once, in the order of their arrival", async () => {
    const limited = createLimiter(3);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const work = Array.from({ length: 20 }, (_, at) =>
      limited(async () => {
        order.push(at);
        most = Math.max(most, (running += 1));
        await delay(1);
        running -= 1;
      }, NEVER),
    );
    await Promise.all(work);
    expect(most).toBe(3);
    expect(order).toEqual([...order].toSorted((a, b) => a - b));
  });

  test("gives its place back after an error, and never starts what was called off while it waited", async () => {
    const limited = createLimiter(1);
    await expect(limited(() => Promise.reject(new Error("no")), NEVER)).rejects.toThrow("no");
    const first = limited(() => delay(20, "first"), NEVER);
    const caller = new AbortController();
    let isStarted = false;
    const second = limited(async () => {
      isStarted = true;
      await Promise.resolve();
    }, caller.signal);
    caller.abort(new Error("too late"));
    await expect(second).rejects.toThrow("too late");
    expect(await first).toBe("first");
    expect(isStarted).toBe(false);
    expect(await limited(() => Promise.resolve("third"), NEVER)).toBe("third");
  });
});

test("work on many items stops at the first error", async () => {
  const seen: number[] = [];
  const work = forEachLimited([1, 2, 3, 4, 5, 6], 2, async (item) => {
    seen.push(item);
    await Promise.resolve();
    if (item === 2) throw new Error("two");
  });
  await expect(work).rejects.toThrow("two");
  expect(seen.length).toBeLessThan(6);
});

describe("the progress of a webhook with many events", () => {
  test("leaves a redelivery only what Temporal does not have yet", () => {
    const progress = createProgress(2);
    const rest = (id: string): string[] => progress.restOf(id, ["a", "b", "c"], (item) => item);
    expect(rest("one")).toEqual(["a", "b", "c"]);
    progress.done("one", "a");
    progress.done("one", "c");
    expect(rest("one")).toEqual(["b"]);
    expect(rest("other")).toEqual(["a", "b", "c"]);
    progress.finished("one");
    expect(rest("one")).toEqual(["a", "b", "c"]);
  });

  test("is forgotten for the oldest webhook when there are too many", () => {
    const progress = createProgress(2);
    for (const id of ["one", "two", "three"]) progress.done(id, "a");
    const isKnown = (id: string): boolean =>
      progress.restOf(id, ["a"], (item) => item).length === 0;
    expect(["one", "two", "three"].filter(isKnown)).toEqual(["two", "three"]);
  });
});
