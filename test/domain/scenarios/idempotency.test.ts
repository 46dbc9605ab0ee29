import { describe, expect, test } from "vitest";
import { type IdempotencyKeys, KEY_IN_PROGRESS } from "../../../dev/model/answers/keyed-answers.ts";
import type { ModelOptions } from "../../../dev/model/dodo.ts";
import type { RequestFault } from "../../../dev/model/ledger.ts";
import type { Command } from "../../../domain/state/command.ts";
import { HOUR_MS, type Scenario } from "../../support/domain/scenario.ts";
import { alerts, attention, charges, failing, outcome } from "./scenario.ts";

/** The second attempt, of an account that handles keys so, with these faults. */
async function secondAttempt(
  idempotencyKeys: IdempotencyKeys,
  faults: readonly RequestFault[],
  options: Partial<ModelOptions> = {},
): Promise<Scenario> {
  const run = await failing("INSUFFICIENT_FUNDS", [], { idempotencyKeys, ...options });
  run.dodo.faults.push(...faults);
  return run;
}

const stillProcessed = { kind: "error_before", ...KEY_IN_PROGRESS } as const;

describe("the attempt's key as Idempotency-Key", () => {
  test("goes with every charge, and each attempt has its own", async () => {
    const run = await secondAttempt("ignored", []);
    run.dodo.verdicts.push({ kind: "decline", code: "INSUFFICIENT_FUNDS" });
    await run.untilOver();
    const sent = run.dodo.mutations.map(({ idempotencyKey }) => idempotencyKey);
    expect(sent).toEqual(["pay_1.2", "pay_1.3"]);
  });

  test.each([429, 503])(
    "a stored HTTP %i is replayed, and the attempt is made once the account has forgotten it",
    async (httpStatus) => {
      const code = httpStatus === 429 ? "TOO_MANY_REQUESTS" : "INTERNAL_SERVER_ERROR";
      const run = await secondAttempt("every_answer_stored", [
        { kind: "error_before", httpStatus, code },
      ]);
      await run.untilOver();
      expect(run.dodo.succeeded).toHaveLength(1);
      expect(outcome(run)).toBe("recovered");
    },
  );

  test("the operator is told once of an HTTP 429 that does not end, and the attempt stays due", async () => {
    const run = await secondAttempt("every_answer_stored", [
      { kind: "error_before", httpStatus: 429, code: "TOO_MANY_REQUESTS" },
    ]);
    await run.until(5);
    expect(run.dodo.mutations.filter(({ isReplayed }) => isReplayed).length).toBeGreaterThan(3);
    expect(run.world.alerts).toMatchObject([
      { cause: "rate_limited", attempt: 2, answer: { code: "TOO_MANY_REQUESTS", httpStatus: 429 } },
    ]);
    expect(attention(run)).toEqual([]);
  });

  test("another body under the key is refused, and a person is asked before anything else is charged", async () => {
    const run = await secondAttempt("every_answer_stored", [
      { kind: "refuse", httpStatus: 422, code: "IDEMPOTENCY_KEY_REUSED" },
    ]);
    await run.until(20);
    expect(charges(run)).toBe(1);
    expect(run.world.recovery?.attention).toMatchObject([
      { cause: "refused_request", code: "IDEMPOTENCY_KEY_REUSED", httpStatus: 422 },
    ]);
  });
});

describe("HTTP 409 with an unknown code", () => {
  test("raises the fence: it is no refusal, and asks nobody", async () => {
    const run = await secondAttempt("ignored", [stillProcessed]);
    await run.until(4);
    expect(run.world.recovery?.charge?.phase).toBe("unknown");
    expect(alerts(run)).toEqual([]);
    await run.untilOver();
    expect(charges(run)).toBe(2);
    expect(outcome(run)).toBe("recovered");
  });

  test("is settled by the payment that the account was processing, and collects once", async () => {
    const run = await secondAttempt("successes_stored", [
      { kind: "error_after", ...KEY_IN_PROGRESS },
    ]);
    run.world.deliver = () => null;
    await run.untilOver();
    expect(charges(run)).toBe(1);
    expect(run.dodo.succeeded).toHaveLength(1);
    expect(outcome(run)).toBe("recovered");
  });

  test("with the same code again after the fence asks a person, with Dodo's answer", async () => {
    const run = await secondAttempt("ignored", [stillProcessed, stillProcessed]);
    await run.until(5);
    expect(charges(run)).toBe(2);
    expect(attention(run)).toEqual(["unknown_outcome"]);
    expect(run.world.alerts).toMatchObject([
      { cause: "unknown_outcome", attempt: 2, timesSent: 2, answer: KEY_IN_PROGRESS },
    ]);
    await run.until(20);
    expect(charges(run), "without an answer of the operator").toBe(2);
    const confirmed: Command = {
      action: "retry_now",
      by: "anna",
      note: "",
      confirmedAbsent: true,
    };
    run.world.command(confirmed);
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
    expect(run.dodo.succeeded).toHaveLength(1);
  });

  test("with another code than before does not ask a person yet", async () => {
    const other = { ...stillProcessed, code: "ANOTHER_NEW_CODE" };
    const run = await secondAttempt("ignored", [stillProcessed, other]);
    await run.until(5);
    expect(charges(run)).toBe(2);
    expect(attention(run)).toEqual([]);
  });

  test("asks the person no more once the payment is found", async () => {
    const run = await secondAttempt(
      "ignored",
      [stillProcessed, { kind: "error_after", ...KEY_IN_PROGRESS }],
      { outcomeMs: 2 * HOUR_MS },
    );
    await run.until(1);
    run.world.deliver = () => null;
    await run.until(4, 3 * HOUR_MS);
    expect(alerts(run)).toEqual(["unknown_outcome"]);
    expect(run.world.recovery?.charge).toMatchObject({ phase: "accepted", paymentId: "pay_2" });
    expect(attention(run)).toEqual([]);
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
  });
});
