import { WorkflowUpdateFailedError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS } from "../../../domain/values/time.ts";
import { UPDATES } from "../../../workflows/contract.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});

afterAll(async () => {
  await system.close();
});

const failed = async (code: string): Promise<string> =>
  await failedCharge(system, [{ decline: code }]);

async function update(id: string, name: string, ...given: readonly unknown[]): Promise<unknown> {
  const [input] = given.length === 0 ? [{ by: "anna" }] : given;
  return await system.handle(id).executeUpdate<unknown, [unknown]>(name, { args: [input] });
}

/** The code and the reason of a refused update. */
async function refusal(
  id: string,
  name: string,
  ...given: readonly unknown[]
): Promise<{ code: string; reason: string }> {
  try {
    await update(id, name, ...given);
  } catch (error) {
    const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error;
    if (cause instanceof ApplicationFailure)
      return { code: cause.type ?? "", reason: cause.message };
    throw error;
  }
  throw new Error(`${name} was accepted`);
}

describe("operator updates", () => {
  test("pause and resume appear in the timeline with the operator's name", async () => {
    const id = await failed("INSUFFICIENT_FUNDS");
    expect(await update(id, "pause", { by: "anna", note: "on the phone" })).toMatchObject({
      state: "paused",
      next: { what: expect.stringContaining("an operator, who resumes the recovery") },
    });
    await system.skipTime(id, 10 * DAY_MS);
    expect((await system.sandbox.control.ledgerOf(id)).payments).toHaveLength(1);
    await update(id, "resume");
    const { timeline } = await system.readView(id);
    expect(timeline.map(({ reason }) => reason).join("\n")).toMatch(
      /pause by anna: on the phone[\s\S]*resume by anna/,
    );
    expect((await system.runToEnd(id)).outcome).toBe("recovered");
  });

  test("retryNow charges at once", async () => {
    const id = await failed("INSUFFICIENT_FUNDS");
    await update(id, "retryNow");
    expect(await system.runToEnd(id)).toMatchObject({ outcome: "recovered", days: 0 });
  });

  test("markPaid recovers a debt and writeOff writes it off", async () => {
    const [one, other] = [await failed("INSUFFICIENT_FUNDS"), await failed("STOLEN_CARD")];
    await update(one, "markPaid", { by: "anna", note: "bank transfer" });
    await update(other, "writeOff");
    expect(await system.handle(one).result()).toMatchObject({
      outcome: "recovered",
      by: "operator",
    });
    expect(await system.handle(other).result()).toMatchObject({
      outcome: "written_off",
      by: "operator",
    });
    expect((await system.sandbox.control.ledgerOf(other)).payments).toHaveLength(1);
  });

  test("an answer says that the question stays open after a resume that lifts a pause", async () => {
    const id = await failed("INVALID_AMOUNT");
    await system.untilState(id, "needs_attention");
    const question = { cause: "merchant_code", detail: "INVALID_AMOUNT" };
    expect(await update(id, "pause")).toMatchObject({
      state: "needs_attention",
      questions: [question],
      updates: {
        resume: "lifts the pause; a second resume answers the open question (merchant_code)",
        retryNow: "refused: paused by anna; resume it first",
      },
    });
    expect(await update(id, "resume")).toMatchObject({
      state: "needs_attention",
      questions: [question],
      next: { what: expect.stringContaining("an operator's answer (merchant_code)") },
      updates: {
        resume: "answers the open question (merchant_code), and the recovery continues",
        pause: "pauses the recovery until it is resumed",
      },
    });
    expect(await update(id, "resume")).toMatchObject({ state: "waiting", questions: [] });
    await update(id, "writeOff");
  });

  test("the Web UI shows what each update would do while a person is waited for", async () => {
    const id = await failed("INVALID_AMOUNT");
    await system.untilState(id, "needs_attention");
    await update(id, "pause", { by: "olga" });
    const details = await system
      .handle(id)
      .query<string>("__temporal_workflow_metadata")
      .then((metadata) => JSON.stringify(metadata));
    expect(details).toContain("Paused by olga");
    expect(details).toContain("a second resume answers the open question (merchant_code)");
    await update(id, "writeOff");
  });

  test("the Web UI gets a sentence about each signal, query and update", async () => {
    const id = await failed("INSUFFICIENT_FUNDS");
    const { definition } = await system.handle(id).query<{
      definition: Readonly<Record<string, readonly { name: string; description?: string }[]>>;
    }>("__temporal_workflow_metadata");
    const described = (kind: string): object =>
      Object.fromEntries(
        (definition[kind] ?? [])
          .filter(({ name }) => !name.startsWith("__"))
          .map(({ name, description }) => [name, description]),
      );
    const sentence = expect.stringMatching(/^[A-Z].*[.}]$/) as unknown;
    expect(described("signalDefinitions")).toEqual({ recoveryEvent: sentence });
    expect(described("queryDefinitions")).toEqual({ recovery: sentence });
    expect(described("updateDefinitions")).toEqual(
      Object.fromEntries(Object.values(UPDATES).map((name) => [name, sentence])),
    );
    await update(id, "writeOff");
  });

  test("a charge of a paused recovery is refused", async () => {
    const id = await failed("INSUFFICIENT_FUNDS");
    await update(id, "pause", { by: "olga" });
    expect(await refusal(id, "retryNow")).toEqual({
      code: "not_now",
      reason: "paused by olga; resume it first",
    });
    await update(id, "writeOff");
  });

  test("updates ask who acts", async () => {
    const id = await failed("INSUFFICIENT_FUNDS");
    for (const input of [undefined, {}, { by: "" }, { by: "  ", note: "now" }]) {
      expect(await refusal(id, "pause", input)).toMatchObject({
        code: "malformed",
        reason: expect.stringContaining("your name"),
      });
    }
    await update(id, "writeOff");
  });

  test("cancelling the workflow in Temporal writes the debt off", async () => {
    const id = await failed("INSUFFICIENT_FUNDS");
    await system.handle(id).cancel();
    expect(await system.handle(id).result()).toMatchObject({ outcome: "written_off" });
  });

  test("an update that does not apply is refused with a reason and adds nothing to the history", async () => {
    const id = await failed("STOLEN_CARD");
    await until(async () => (await system.readView(id)).recovery.customerAction, {
      what: "the customer action",
    });
    const before = (await system.handle(id).fetchHistory()).events?.length;
    expect(await refusal(id, "retryNow")).toMatchObject({
      code: "method_blocked",
      reason: expect.stringContaining("must not be charged again"),
    });
    expect(await refusal(id, "resume")).toMatchObject({ code: "not_applicable" });
    expect(await refusal(id, "pause", "please")).toMatchObject({ code: "malformed" });
    expect(await refusal(id, "pause", { by: 5 })).toMatchObject({ code: "malformed" });
    expect(await refusal(id, "retryNow", { confirmedAbsent: "yes" })).toMatchObject({
      code: "malformed",
    });
    expect(await refusal(id, "createPaymentLink", { debtId: "pay_other" })).toMatchObject({
      code: "stale_link",
    });
    const types = (await system.handle(id).fetchHistory()).events
      ?.slice(before)
      .map(({ eventType }) => String(eventType));
    expect(types?.filter((type) => /UPDATE_ACCEPTED|MARKER/i.test(type))).toEqual([]);
  });
});

describe("createPaymentLink", () => {
  test("concurrent presses of the button create one payment page", async () => {
    const id = await failed("EXPIRED_CARD");
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => update(id, "createPaymentLink", {})),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const requests = await system.sandbox.control.requests({ subscriptionId: id });
    expect(requests.filter(({ mutating }) => mutating)).toHaveLength(1);
  });

  test("a press that fails at Dodo is refused as not_now, and the next one succeeds", async () => {
    const id = await failed("EXPIRED_CARD");
    await system.sandbox.control.addFault({
      kind: "refuse",
      status: 500,
      code: "INTERNAL_SERVER_ERROR",
      subscriptionId: id,
      route: "/subscriptions/:id/update-payment-method",
    });
    expect(await refusal(id, "createPaymentLink", {})).toMatchObject({ code: "not_now" });
    expect(await update(id, "createPaymentLink", {})).toMatchObject({
      url: expect.stringContaining("http"),
    });
  });
});

describe("unknown events", () => {
  test("is ignored with a reason", async () => {
    const id = await failed("INSUFFICIENT_FUNDS");
    await system
      .handle(id)
      .signal("recoveryEvent", { kind: "an_event_of_tomorrow", webhookId: "m1" });
    const { timeline } = await until(
      async () => {
        const view = await system.readView(id);
        return view.timeline.some(({ reason }) => reason.includes("an_event_of_tomorrow"))
          ? view
          : null;
      },
      { what: "the reason" },
    );
    expect(timeline.at(-1)?.rule).toBe("event.ignored");
    await update(id, "writeOff");
  });
});
