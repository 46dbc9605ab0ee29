import * as sdk from "dodopayments";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { failureOfSdkError } from "../../dodo/adapter/errors.ts";
import { ERROR_CLASSES } from "../../dodo/error-classes.ts";
import type { DodoFailure } from "../../dodo/port.ts";
import { classOfAnswer, refusalOf, REFUSALS } from "../../dodo/refusals.ts";

const answer = (status: number, body: object = {}): sdk.APIError =>
  sdk.APIError.generate(status, body, undefined, new Headers());

const lost = (...codes: string[]): sdk.APIConnectionError => {
  const causes = codes.map((code) => Object.assign(new Error(code), { code }));
  const cause = causes.length === 1 ? causes[0] : new AggregateError(causes);
  return new sdk.APIConnectionError({
    cause: Object.assign(new TypeError("fetch failed"), { cause }),
  });
};

/** Each exception of the SDK, and its meaning for a charge. */
const EXCEPTIONS: readonly (readonly [string, unknown, DodoFailure["kind"]])[] = [
  ["BadRequestError", answer(400), "refused"],
  ["AuthenticationError", answer(401), "unauthorized"],
  ["PermissionDeniedError", answer(403), "unauthorized"],
  ["NotFoundError", answer(404), "refused"],
  ["ConflictError", answer(409), "refused"],
  ["ConflictError", answer(409, { code: "PREVIOUS_PAYMENT_PENDING" }), "payment_pending"],
  ["UnprocessableEntityError", answer(422), "refused"],
  ["RateLimitError", answer(429), "rate_limited"],
  ["InternalServerError", answer(500), "unknown"],
  ["InternalServerError", answer(503), "unknown"],
  ["APIError", answer(408), "unknown"],
  ["APIError", answer(405), "refused"],
  ["APIError", answer(410), "refused"],
  ["APIError", answer(413), "refused"],
  ["APIConnectionError", lost("ECONNRESET"), "unknown"],
  ["APIConnectionError", lost("UND_ERR_SOCKET"), "unknown"],
  ["APIConnectionError", lost("ECONNREFUSED"), "unsent"],
  ["APIConnectionError", lost("ENOTFOUND"), "unsent"],
  ["APIConnectionError", lost("ECONNREFUSED", "ENETUNREACH"), "unsent"],
  ["APIConnectionError", lost("ECONNREFUSED", "ECONNRESET"), "unknown"],
  ["APIConnectionTimeoutError", new sdk.APIConnectionTimeoutError(), "unknown"],
  ["APIUserAbortError", new sdk.APIUserAbortError(), "unknown"],
  ["DodoPaymentsError", new sdk.DodoPaymentsError("no bearer token"), "unknown"],
];

describe("an exception of Dodo's SDK", () => {
  test.each(EXCEPTIONS)("%s (%s) is %s", (name, error, kind) => {
    const thrownBy = (sdk as unknown as Record<string, new () => unknown>)[name];
    expect(error).toBeInstanceOf(thrownBy);
    expect(failureOfSdkError(error).kind).toBe(kind);
  });

  test("has a row in this table for each class", () => {
    const isErrorClass = (value: unknown): boolean =>
      typeof value === "function" && value.prototype instanceof Error;
    const classes = Object.entries(sdk).flatMap(([name, value]) =>
      isErrorClass(value) ? [name] : [],
    );
    expect(classes.toSorted()).toEqual([...new Set(EXCEPTIONS.map(([name]) => name))].toSorted());
  });

  test("ConflictError is unknown for a request that may charge, unless Dodo documents its code", () => {
    const kindOf = (body: object): DodoFailure["kind"] =>
      failureOfSdkError(answer(409, body), "may_charge").kind;
    expect([kindOf({}), kindOf({ code: "STILL_PROCESSING" })]).toEqual(["unknown", "unknown"]);
    expect(kindOf({ code: "PREVIOUS_PAYMENT_PENDING" })).toBe("payment_pending");
    expect(kindOf({ code: "SUBSCRIPTION_INACTIVE" })).toBe("refused");
    expect(kindOf({ code: "MANUAL_RETRY_HARD_DECLINE" })).toBe("refused");
  });

  test("that quotes the answer keeps none of it: the text of a JSON parser does", () => {
    const quoting = new SyntaxError('Unexpected token a, "ada@example.com" is not valid JSON');
    expect(JSON.stringify(failureOfSdkError(quoting))).not.toContain("ada");
  });

  test("is unknown if it is not one of the SDK's, because the request may have left", () => {
    for (const thrown of [
      new SyntaxError("Unexpected end of JSON input"),
      "text",
      null,
      undefined,
    ]) {
      expect(failureOfSdkError(thrown).kind).toBe("unknown");
    }
  });
});

describe("the table of errors", () => {
  test("has every class of Stripe's guide, each with its consequence", () => {
    expect(Object.keys(ERROR_CLASSES)).toEqual([
      "declined",
      "blocked",
      "invalid_request",
      "connection",
      "api_error",
      "authentication",
      "permission",
      "idempotency",
      "rate_limit",
      "signature",
    ]);
  });

  test("has every code that Dodo's page lists for a charge", () => {
    const page = readFileSync(new URL("charge-errors.txt", import.meta.url), "utf8");
    const listed = page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(Object.keys(REFUSALS).toSorted()).toEqual(listed.toSorted());
  });

  test.each([400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500, 502, 503, 504])(
    "with HTTP %i: a code that is a certain no stays one",
    (status) => {
      for (const [code, { errorClass }] of Object.entries(REFUSALS)) {
        expect(classOfAnswer(status, code), code).toBe(errorClass);
      }
    },
  );

  test("classifies an answer without a known code by its HTTP status", () => {
    for (const code of ["", "SOMETHING_NEW", "constructor", "HTTP_400"]) {
      expect(classOfAnswer(400, code)).toBe("invalid_request");
      expect(classOfAnswer(401, code)).toBe("authentication");
      expect(classOfAnswer(403, code)).toBe("permission");
      expect(classOfAnswer(408, code)).toBe("connection");
      expect(classOfAnswer(429, code)).toBe("rate_limit");
      expect(classOfAnswer(500, code)).toBe("api_error");
      expect(classOfAnswer(302, code)).toBe("api_error");
    }
  });

  test("calls no answer certain if money may have moved", () => {
    for (const [code, { errorClass }] of Object.entries(REFUSALS)) {
      const isOpen = failureOfSdkError(answer(400, { code })).kind === "unknown";
      expect(isOpen, code).toBe(ERROR_CLASSES[errorClass].money === "open");
    }
  });
});

describe("a refusal", () => {
  test.each([
    [422, "SUBSCRIPTION_INACTIVE", "customer_must_pay"],
    [400, "NO_ELIGIBLE_PAYMENT_METHODS", "customer_must_pay"],
    [404, "SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED", "customer_must_pay"],
    [409, "CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION", "customer_must_pay"],
    [422, "SUBSCRIPTION_EXPIRED", "subscription_expired"],
    [404, "NOT_FOUND", "not_found"],
    [404, "HTTP_404", "not_found"],
    [404, "INVALID_REQUEST_PARAMETERS", "not_found"],
    [401, "HTTP_401", "account_refused"],
    [403, "HTTP_403", "account_refused"],
    [400, "RBAC_ACCESS_DENIED", "account_refused"],
    [422, "REQUEST_AMOUNT_BELOW_MINIMUM", "invalid_request"],
    [422, "A_NEW_CODE", "invalid_request"],
    [410, "constructor", "invalid_request"],
  ])("with HTTP %i and %s means %s", (httpStatus, code, meaning) => {
    expect(refusalOf(httpStatus, code)).toEqual({ kind: "refused", meaning, code, httpStatus });
  });
});
