import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DECLINE_CODES } from "../../dodo/decline-codes.ts";
import { HANDLING } from "../../domain/declines/handling.ts";

/** The codes as Dodo's page lists them, transcribed separately from our table. */
const LISTED = readFileSync(new URL("decline-codes.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split(/\s+/) as [string, string]);

describe("Dodo's table of decline codes", () => {
  test("has each of the 44 codes from Dodo's page once, with its class", () => {
    const ours = DECLINE_CODES.map(({ code, declineClass }) => [code, declineClass]);
    expect(ours.toSorted()).toEqual(LISTED.toSorted());
    expect(new Set(ours.map(([code]) => code)).size).toBe(44);
  });

  test("names a page of Dodo's documentation for every code", () => {
    for (const { code, source } of DECLINE_CODES)
      expect(source, code).toMatch(/^docs\.dodopayments\.com\//);
  });

  test("has the six codes of the do-not-retry list", () => {
    const listed = DECLINE_CODES.filter((row) => row.doNotRetry).map(({ code }) => code);
    expect(listed.toSorted()).toEqual([
      "AUTHENTICATION_FAILURE",
      "DO_NOT_HONOR",
      "FRAUDULENT",
      "LOST_CARD",
      "PICKUP_CARD",
      "STOLEN_CARD",
    ]);
  });
});

describe("our handling, compared with Dodo's table", () => {
  test("covers the same codes, with the same classes", () => {
    const classes = (
      rows: readonly { readonly code: string; readonly declineClass: string }[],
    ): string[] => rows.map(({ code, declineClass }) => `${code} ${declineClass}`).toSorted();
    expect(classes(HANDLING)).toEqual(classes(DECLINE_CODES));
  });

  test("retries no hard decline", () => {
    const hard = HANDLING.filter(({ declineClass }) => declineClass === "hard");
    for (const { code, handling } of hard) expect(["never", "merchant"], code).toContain(handling);
  });

  test("never charges a code of the do-not-retry list again, whatever the merchant's policy says", () => {
    const listed = DECLINE_CODES.filter((row) => row.doNotRetry).map(({ code }) => code);
    const fixed = HANDLING.filter((row) => !row.overridable);
    expect(fixed.map(({ code }) => code).toSorted()).toEqual(listed.toSorted());
    for (const { code, handling } of fixed) expect(handling, code).toBe("never");
  });
});
