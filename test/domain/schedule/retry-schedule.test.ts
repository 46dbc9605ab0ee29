import { describe, expect, test } from "vitest";
import {
  movedAttemptAt,
  nextAttemptAt,
  type ScheduleInput,
} from "../../../domain/schedule/retry-schedule.ts";
import {
  DAY_MS,
  formatInstant,
  HOUR_MS,
  type Instant,
  parseInstant,
  SECOND_MS,
} from "../../../domain/values/time.ts";

const at = (text: string): Instant => parseInstant(text) ?? Number.NaN;

function input(given: Partial<ScheduleInput>): ScheduleInput {
  const previousStartedAt = given.previousStartedAt ?? at("2026-10-05T13:10:00Z");
  return {
    gapMs: 3 * DAY_MS,
    previousStartedAt,
    failureKnownAt: previousStartedAt + 9 * SECOND_MS,
    anchor: at("2026-08-05T13:10:00Z"),
    align: "authorization_time",
    recentChargesAt: [],
    ...given,
  };
}

const next = (given: Partial<ScheduleInput>): string => formatInstant(nextAttemptAt(input(given)));

describe("the retry schedule", () => {
  test("keeps days 3, 10 and 17 at the authorization's time of day", () => {
    const times: Instant[] = [at("2026-10-05T13:10:00Z")];
    for (const gapMs of [3 * DAY_MS, 7 * DAY_MS, 7 * DAY_MS]) {
      times.push(nextAttemptAt(input({ gapMs, previousStartedAt: (times.at(-1) ?? 0) + 400 })));
    }
    expect(times.map(formatInstant)).toEqual([
      "2026-10-05T13:10:00.000Z",
      "2026-10-08T13:10:00.000Z",
      "2026-10-15T13:10:00.000Z",
      "2026-10-22T13:10:00.000Z",
    ]);
  });

  test("lets an attempt start up to an hour early to keep the time of day", () => {
    expect(next({ previousStartedAt: at("2026-10-05T14:09:00Z") })).toBe(
      "2026-10-08T13:10:00.000Z",
    );
    expect(next({ previousStartedAt: at("2026-10-05T14:11:00Z") })).toBe(
      "2026-10-09T13:10:00.000Z",
    );
  });

  test("counts the gap from the previous attempt's start, not from when its failure became known", () => {
    const knownAt = at("2026-10-06T02:00:00Z");
    expect(next({ failureKnownAt: knownAt })).toBe("2026-10-08T13:10:00.000Z");
  });

  test("waits nearly a day after a failure that became known late", () => {
    const knownAt = at("2026-10-08T16:00:00Z");
    expect(next({ failureKnownAt: knownAt })).toBe("2026-10-10T13:10:00.000Z");
  });

  test("adds only the gap when alignment is off", () => {
    expect(next({ align: "none", gapMs: 5 * SECOND_MS })).toBe("2026-10-05T13:10:05.000Z");
  });

  test("allows at most eight attempts in any thirty days, no matter who made them", () => {
    const first = at("2026-09-20T13:10:00Z");
    const recentChargesAt = Array.from({ length: 8 }, (_, index) => first + index * DAY_MS);
    expect(next({ recentChargesAt })).toBe("2026-10-20T13:10:00.000Z");
    expect(next({ recentChargesAt: recentChargesAt.slice(1) })).toBe("2026-10-08T13:10:00.000Z");
    // Reads return them in no fixed order.
    expect(next({ recentChargesAt: recentChargesAt.toReversed() })).toBe(
      "2026-10-20T13:10:00.000Z",
    );
    const longAgo = recentChargesAt.map((chargedAt) => chargedAt - 30 * DAY_MS);
    expect(next({ recentChargesAt: longAgo })).toBe("2026-10-08T13:10:00.000Z");
  });

  test("moves an overdue attempt late enough to be announced", () => {
    const now = at("2026-10-12T09:00:00Z");
    const moved = movedAttemptAt(now, input({}));
    expect(formatInstant(moved)).toBe("2026-10-13T13:10:00.000Z");
    expect(moved - now).toBeGreaterThanOrEqual(23 * HOUR_MS);
    expect(movedAttemptAt(now, input({ align: "none" })) - now).toBe(24 * HOUR_MS);
  });
});
