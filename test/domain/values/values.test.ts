import { describe, expect, test } from "vitest";
import { assertNever, assert as sure } from "../../../domain/values/assert.ts";
import {
  attemptKeyOf,
  debtIdOf,
  parseAttemptKey,
  parseChargeId,
  parseMandateId,
  parsePaymentId,
  parseSubscriptionId,
} from "../../../domain/values/ids.ts";
import { currencyExponent, describeMoney, money } from "../../../domain/values/money.ts";
import {
  describeDuration,
  describeInstant,
  firstAtTimeOfDay,
  parseDurationMs,
  parseInstant,
  timeOfDayMs,
} from "../../../domain/values/time.ts";

describe("money", () => {
  test("knows currencies without cents and with three digits", () => {
    expect(["USD", "JPY", "KWD", "CLF", "XXX"].map(currencyExponent)).toEqual([2, 0, 3, 4, 2]);
  });

  test("is written with the digits of its currency", () => {
    expect(describeMoney(money(2_900, "USD"))).toBe("USD 29.00");
    expect(describeMoney(money(5, "USD"))).toBe("USD 0.05");
    expect(describeMoney(money(1_200, "JPY"))).toBe("JPY 1200");
    expect(describeMoney(money(1_234, "KWD"))).toBe("KWD 1.234");
    expect(describeMoney(money(-150, "EUR"))).toBe("EUR -1.50");
  });

  test("is never a fraction of its smallest unit", () => {
    expect(() => money(0.1, "USD")).toThrow(/whole number/);
  });
});

describe("time", () => {
  test("finds the next instant of a time of day, which may be today", () => {
    const noon = parseInstant("2026-10-05T12:00:00Z") ?? 0;
    expect(describeInstant(firstAtTimeOfDay(noon, timeOfDayMs(noon)))).toBe("2026-10-05 12:00 UTC");
    expect(describeInstant(firstAtTimeOfDay(noon + 1, timeOfDayMs(noon)))).toBe(
      "2026-10-06 12:00 UTC",
    );
  });

  test("has a time of day before 1970 too", () => {
    expect(timeOfDayMs(-1)).toBe(86_399_999);
  });

  test("accepts ISO 8601 instants only", () => {
    expect(parseInstant("2026-10-05T12:00:00Z")).toBe(Date.UTC(2026, 9, 5, 12));
    for (const text of [
      "2026-10-05",
      "on 2026-10-05T12:00:00Z",
      "yesterday",
      "",
      null,
      5,
      new Date(0),
      "2026-13-45T00:00:00Z",
    ]) {
      expect(parseInstant(text)).toBeNull();
    }
  });

  test("parses durations of one unit and writes them in words, in the largest exact unit", () => {
    expect(["0s", "30s", "10m", "24h", "7d"].map(parseDurationMs)).toEqual([
      0, 30_000, 600_000, 86_400_000, 604_800_000,
    ]);
    for (const text of ["", "1w", "-1d", "1.5h", "3 d", "3dd", "d", 3, ["3d"]])
      expect(parseDurationMs(text)).toBeNull();
    expect([0, 30_000, 90_000, 120_000, 7_200_000, 604_800_000].map(describeDuration)).toEqual([
      "0 seconds",
      "30 seconds",
      "90 seconds",
      "2 minutes",
      "2 hours",
      "7 days",
    ]);
  });
});

describe("ids", () => {
  test("are plain, as they become workflow ids and path segments", () => {
    expect(parseSubscriptionId("sub_A-1")).toBe("sub_A-1");
    for (const text of ["", "sub 1", "../x", "sub/1", "s".repeat(181), 7, null]) {
      expect(parseSubscriptionId(text)).toBeNull();
      expect(parsePaymentId(text)).toBeNull();
    }
  });

  test("of attempts consist of debt and number, and can be parsed back", () => {
    const paymentId = parsePaymentId("pay_1");
    if (paymentId === null) throw new Error("an id");
    const debtId = debtIdOf(paymentId);
    const key = attemptKeyOf(debtId, 12);
    expect(key).toBe("pay_1.12");
    expect(parseAttemptKey(key)).toEqual({ debtId: "pay_1", number: 12 });
    for (const text of [
      "pay_1",
      "pay_1.0",
      "pay_1.x",
      "pay_1.1 ",
      " pay_1.1",
      ".1",
      1,
      undefined,
    ]) {
      expect(parseAttemptKey(text)).toBeNull();
    }
  });
});

describe.each([
  ["charge", parseChargeId],
  ["mandate", parseMandateId],
])("the id of a requested %s", (kind, parse) => {
  const hash = "0123456789abcdef".repeat(4);

  test("consists of its kind and the hash of the Idempotency-Key", () => {
    expect(parse(`${kind}-${hash}`)).toBe(`${kind}-${hash}`);
  });

  test.each([
    `${kind}-${hash}0`,
    `${kind}-${hash.slice(1)}`,
    ` ${kind}-${hash}`,
    `${kind}-${hash.toUpperCase()}`,
    `other-${hash}`,
    kind,
    "",
    7,
    null,
    undefined,
    { toString: () => `${kind}-${hash}` },
    [`${kind}-${hash}`],
  ])("is not %j", (text) => {
    expect(parse(text)).toBeNull();
  });
});

describe("assertions", () => {
  test("throw with what was violated", () => {
    expect(() => sure(false, "one charge at a time")).toThrow(
      "assertion failed: one charge at a time",
    );
    expect(() => assertNever("new" as never)).toThrow('unexpected "new"');
  });
});
