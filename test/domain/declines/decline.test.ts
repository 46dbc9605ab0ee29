import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DECLINE_CODES } from "../../../domain/declines/decline-codes.ts";
import {
  classifyDecline,
  normaliseCode,
  repetitionLimit,
} from "../../../domain/declines/decline.ts";

/** The codes as Dodo's page lists them, transcribed independently of our table. */
const DODO_CODES = readFileSync(new URL("dodo-codes.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split(/\s+/) as [string, string]);

const NEVER_RETRY = [
  "STOLEN_CARD",
  "DO_NOT_HONOR",
  "FRAUDULENT",
  "PICKUP_CARD",
  "AUTHENTICATION_FAILURE",
  "LOST_CARD",
];

describe("the table of decline codes", () => {
  test("has each of Dodo's 44 codes once, with Dodo's own class", () => {
    const ours = DECLINE_CODES.map(({ code, decline }) => [code, decline]);
    expect(ours.toSorted()).toEqual(DODO_CODES.toSorted());
    expect(new Set(ours.map(([code]) => code)).size).toBe(44);
  });

  test("names a source for every row", () => {
    for (const row of DECLINE_CODES)
      expect(row.source, row.code).toMatch(/^docs\.dodopayments\.com\//);
  });

  test("handles 11 codes as retry, 14 as customer, 4 as merchant and 15 as never", () => {
    const count = (handling: string): number =>
      DECLINE_CODES.filter((row) => row.handling === handling).length;
    expect(["retry", "customer", "merchant", "never"].map(count)).toEqual([11, 14, 4, 15]);
  });

  test.each(NEVER_RETRY)("never charges %s again, which is on Dodo's do-not-retry list", (code) => {
    expect(classifyDecline(code, {}).handling).toBe("never");
  });

  test("never retries a hard decline", () => {
    for (const row of DECLINE_CODES.filter(({ decline }) => decline === "hard")) {
      expect(["never", "merchant"], row.code).toContain(row.handling);
    }
  });

  test("masks the four reasons that a customer must not learn", () => {
    const masked = DECLINE_CODES.filter((row) => row.masked).map((row) => row.code);
    expect(masked.toSorted()).toEqual(["FRAUDULENT", "LOST_CARD", "PICKUP_CARD", "STOLEN_CARD"]);
  });
});

describe("a decline", () => {
  test("is read in any case, with padding or hyphens", () => {
    expect(classifyDecline(" insufficient_funds ", {}).code).toBe("INSUFFICIENT_FUNDS");
    expect(normaliseCode("processing-error")).toBe("PROCESSING_ERROR");
  });

  test("without a code or with an unknown one asks the customer and counts as unknown", () => {
    for (const code of [null, "", "ISSUER_UNAVAILABLE"]) {
      const decline = classifyDecline(code, {});
      expect(decline.handling).toBe("customer");
      expect(decline).toMatchObject({ known: false, transient: false, masked: false });
    }
  });

  test("with a code that only the policy names is known and handled as the policy says", () => {
    const decline = classifyDecline("issuer-unavailable", { ISSUER_UNAVAILABLE: "retry" });
    expect(decline).toMatchObject({ code: "ISSUER_UNAVAILABLE", handling: "retry", known: true });
  });

  test("is cut to 64 characters", () => {
    expect(normaliseCode("x".repeat(100))).toBe("X".repeat(64));
  });

  test("is handled as the policy says and stays masked", () => {
    expect(classifyDecline("GENERIC_DECLINE", { GENERIC_DECLINE: "customer" }).handling).toBe(
      "customer",
    );
    expect(classifyDecline("STOLEN_CARD", { STOLEN_CARD: "never" }).masked).toBe(true);
  });

  test("may repeat without limit for balances and limits, and twice for REENTER_TRANSACTION", () => {
    for (const code of ["INSUFFICIENT_FUNDS", "LIMIT_EXCEEDED", "CARD_VELOCITY_EXCEEDED"]) {
      expect(repetitionLimit(code, 3)).toBeNull();
    }
    expect(repetitionLimit("REENTER_TRANSACTION", 3)).toBe(2);
    expect(repetitionLimit("GENERIC_DECLINE", 3)).toBe(3);
  });
});
