import { describe, expect, test } from "vitest";
import {
  classifyDecline,
  normaliseCode,
  repetitionLimit,
} from "../../../domain/declines/decline.ts";
import { HANDLING } from "../../../domain/declines/handling.ts";

const NEVER_RETRY = [
  "STOLEN_CARD",
  "DO_NOT_HONOR",
  "FRAUDULENT",
  "PICKUP_CARD",
  "AUTHENTICATION_FAILURE",
  "LOST_CARD",
];

describe("the handling of decline codes", () => {
  test("handles 11 codes as retry, 14 as customer, 4 as merchant and 15 as never", () => {
    const count = (handling: string): number =>
      HANDLING.filter((row) => row.handling === handling).length;
    expect(["retry", "customer", "merchant", "never"].map(count)).toEqual([11, 14, 4, 15]);
  });

  test.each(NEVER_RETRY)(
    "never charges a card again after %s, which is on Dodo's do-not-retry list",
    (code) => {
      expect(classifyDecline(code, {}).handling).toBe("never");
    },
  );

  test("a policy of an earlier version cannot turn a code that is hard or handled as never into a retry", () => {
    const final = HANDLING.filter(
      ({ declineClass, handling }) => declineClass === "hard" || handling === "never",
    );
    expect(final).toHaveLength(16);
    for (const { code, handling } of final) {
      expect(classifyDecline(code, { [code]: "retry" }).handling, code).toBe(handling);
    }
  });

  test("a card is blocked by each code that Reprise handles as never, whatever the policy says", () => {
    for (const { code, handling } of HANDLING) {
      for (const override of ["customer", "merchant"] as const) {
        const { blocksCard } = classifyDecline(code, { [code]: override });
        expect(blocksCard, `${code}: ${override}`).toBe(handling === "never");
      }
    }
  });

  test("masks the four reasons that a customer must not learn", () => {
    const masked = HANDLING.filter((row) => row.masked).map((row) => row.code);
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
