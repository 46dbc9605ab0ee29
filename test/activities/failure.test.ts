import { ApplicationFailure, CancelledFailure, CompleteAsyncError } from "@temporalio/activity";
import { describe, expect, test } from "vitest";
import { activityFailure, failureOfActivity } from "../../activities/failure.ts";
import { MailNotSentError } from "../../activities/mail/mailer.ts";
import { DodoError } from "../../dodo/port.ts";
import { describeForeign, scrubbed } from "../../domain/values/own-error.ts";
import { recordOfError } from "../../platform/error-record.ts";
import { SENTENCE, tracesOf } from "../hostile/persons.ts";

const thrown = (error: unknown): ApplicationFailure => {
  const failure = failureOfActivity(error, false);
  if (failure instanceof ApplicationFailure) return failure;
  throw new Error("not an ApplicationFailure");
};

describe("the failure of an activity", () => {
  test("has Dodo's code, the HTTP status and the request's id as details", () => {
    const answer = { code: "INTERNAL_SERVER_ERROR", httpStatus: 500, requestId: "req_1" };
    const failure = thrown(new DodoError({ kind: "unknown", detail: "HTTP 500", answer }));
    expect(failure).toMatchObject({
      type: "DodoError",
      message: "Dodo gave no usable answer: HTTP 500",
      details: [answer],
      nonRetryable: false,
    });
    expect(failure.cause).toBeUndefined();
  });

  test("keeps our own words, and where they come from", () => {
    const failure = thrown(
      new MailNotSentError("the mail could not be sent (SMTP 450 at RCPT TO)"),
    );
    expect(failure.type).toBe("MailNotSentError");
    expect(failure.message).toBe("the mail could not be sent (SMTP 450 at RCPT TO)");
    expect(failure.stack).toContain("failure.test.ts");
  });

  test("keeps the name, the codes and the place of a foreign error, and drops its text and causes", () => {
    const cause = Object.assign(new Error(SENTENCE), { code: "ECONNRESET" });
    const failure = thrown(new TypeError(SENTENCE, { cause }));
    expect(failure.type).toBe("TypeError");
    expect(failure.message).toBe(
      "an unexpected error, TypeError (ECONNRESET); its text is not recorded",
    );
    expect(failure.cause).toBeUndefined();
    expect(failure.stack).toContain("failure.test.ts");
    expect(tracesOf(JSON.stringify(failure) + String(failure.stack))).toEqual([]);
  });

  test("keeps whether and when Temporal tries again, and nothing of details and causes", () => {
    const own = activityFailure({ message: "gone", type: "Gone", isFinal: true });
    expect(thrown(own)).toMatchObject({ message: "gone", type: "Gone", nonRetryable: true });
    const later = activityFailure({ message: "later", type: "NotTaken", retryAfterMs: 5_000 });
    expect(thrown(later).nextRetryDelay).toBe(5_000);
    const cause = new Error(SENTENCE);
    const foreign = ApplicationFailure.create({ message: "no", details: [SENTENCE], cause });
    expect(thrown(foreign).message).toBe("no");
    expect(thrown(foreign).details ?? []).toEqual([]);
    expect(thrown(foreign).cause).toBeUndefined();
  });

  test("leaves cancellations and asynchronous completion to the SDK", () => {
    const asynchronous = new CompleteAsyncError();
    expect(failureOfActivity(asynchronous, false)).toBe(asynchronous);
    expect(failureOfActivity(new CancelledFailure("TIMED_OUT"), true)).toBeInstanceOf(
      CancelledFailure,
    );
    const aborted = new DOMException(SENTENCE, "AbortError");
    expect(failureOfActivity(aborted, true)).toMatchObject({
      name: "AbortError",
      message: "aborted",
    });
    expect(thrown(aborted).type).toBe("AbortError");
  });

  test.each([undefined, null, 7, SENTENCE, { message: SENTENCE, name: SENTENCE }])(
    "is made of whatever was thrown: %j",
    (error) => {
      expect(thrown(error).type).toBe(typeof error);
      expect(tracesOf(thrown(error).message)).toEqual([]);
    },
  );
});

test("a text is scrubbed of addresses, long numbers and control characters, and bounded", () => {
  expect(scrubbed("to <ada@planted.example>\n now")).toBe("to <[address]>  now");
  expect(scrubbed("call +442079460958")).toBe("call [number]");
  expect(scrubbed("pay_20261130123456789 is kept")).toBe("pay_20261130123456789 is kept");
  expect(scrubbed("x".repeat(10_000))).toHaveLength(300);
});

test("a name or a code that could be a sentence is not told", () => {
  const error = Object.assign(new Error(SENTENCE), { name: SENTENCE, code: SENTENCE });
  expect(describeForeign(error)).toBe("Error");
  expect(recordOfError(error)).toMatchObject({ type: "Error" });
});
