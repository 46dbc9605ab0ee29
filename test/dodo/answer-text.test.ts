import { describe, expect, test } from "vitest";
import { codeTextOf, documentedWordsOf, requestIdOf } from "../../dodo/answer-text.ts";

describe("a code in an answer of Dodo's", () => {
  test.each([
    ["NOT_FOUND", "NOT_FOUND"],
    [" requires_customer_action ", "requires_customer_action"],
    ["Ada Lovelace has no card", null],
    ["ada@example.com", null],
    ["4242424242424242", null],
    ["CARD_4242424242424242", null],
    ["X".repeat(65), null],
    ["", null],
    [null, null],
    [409, null],
  ])("%j is kept as %j", (text, kept) => {
    expect(codeTextOf(text)).toBe(kept);
  });
});

describe("the id of a request", () => {
  test.each([
    [{ "x-request-id": "req_1" }, "req_1"],
    [{ "request-id": "0f8c-21" }, "0f8c-21"],
    [{ "x-request-id": "ada@example.com" }, null],
    [{ "x-request-id": "a b", "request-id": "req_2" }, "req_2"],
    [{}, null],
  ])("of the headers %j is %j", (headers, id) => {
    expect(requestIdOf(new Headers(headers as Record<string, string>))).toBe(id);
  });
});

describe("the words of Dodo's message", () => {
  test.each([
    [
      "Cannot create new charge as previous payment is not successful yet",
      "cannot create new charge as previous payment is not successful yet",
    ],
    ["Amount cannot be less than 500 for Ada Lovelace.", "amount cannot be less than … for …"],
    ["ada@example.com", "…"],
    [
      "No eligible payment methods found for cus_1 4242424242424242",
      "no eligible payment methods found for …",
    ],
    ["Merchant\u200BAda is not live", "… is not live"],
    [" ", null],
    [{ text: "Ada" }, null],
    [undefined, null],
  ])("%j becomes %j", (message, words) => {
    expect(documentedWordsOf(message)).toBe(words);
  });

  test("are at most 40", () => {
    expect(documentedWordsOf("not ".repeat(1_000))?.split(" ")).toHaveLength(40);
  });
});
