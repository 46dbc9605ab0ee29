import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { callApi } from "../../support/merchant/api.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { textOfHistory } from "../../support/temporal/history-text.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem({
    settings: { idempotencyKeys: "honoured", idempotencyStores: "every_answer" },
  });
});

afterAll(async () => {
  await system.close();
});

const SOFT = { decline: "INSUFFICIENT_FUNDS" };
const CODE = "IDEMPOTENCY_KEY_IN_PROGRESS";
/** A text that may stand in no history, log or mail. */
const MESSAGE = "The charge of Ada Lovelace <ada@example.com> is being processed";

const chargeOf = (subscriptionId: string) =>
  ({ method: "POST", route: "/subscriptions/:id/charge", subscriptionId }) as const;

const failing = async (): Promise<string> =>
  await failedCharge(system, [SOFT], {
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
  });

/** The keys of the charges that Dodo got, in order. */
async function keysSent(subscriptionId: string): Promise<(string | null)[]> {
  const requests = await system.sandbox.control.requests();
  return requests
    .filter((one) => one.mutating && one.subscriptionId === subscriptionId)
    .map(({ idempotencyKey }) => idempotencyKey);
}

describe("Dodo's answers to a charge, on a real Temporal server", () => {
  test("a charge that Dodo still processes is answered 409, and is collected once", async () => {
    const id = await failing();
    const { control } = system.sandbox;
    await control.addWebhookFault({ kind: "lost", subscriptionId: id, times: 100 });
    await control.addFault({ kind: "error_after", status: 409, code: CODE, ...chargeOf(id) });
    expect(await system.skipTime(id, 5 * DAY_MS)).toMatchObject({ kind: "ended" });
    expect(await system.handle(id).result()).toMatchObject({ outcome: "recovered" });
    const { payments, succeeded } = await control.ledgerOf(id);
    expect({ payments: payments.length, succeeded }).toEqual({ payments: 2, succeeded: 1 });
    const keys = await keysSent(id);
    expect(keys).toHaveLength(1);
    expect(parseAttemptKey(keys[0])?.number).toBe(2);
  });

  test("the same unknown 409 after the fence asks a person, with Dodo's answer and nothing of its message", async () => {
    const id = await failing();
    const refusal = { kind: "refuse", status: 409, code: CODE, message: MESSAGE } as const;
    await system.sandbox.control.addFault({ ...refusal, times: 2, ...chargeOf(id) });
    await system.skipTime(id, 4 * DAY_MS);
    const refused = await callApi(system.gatewayUrl, `/v1/recoveries/${id}/retry`, { body: {} });
    const { debt, charge } = (await system.readView(id)).recovery;
    expect(charge?.phase).toBe("unknown");
    expect(refused).toMatchObject({
      status: 409,
      body: { code: "being_processed", attempt: `${debt?.id}.2`, payment_id: null },
    });
    await system.skipTime(id, 2 * DAY_MS);
    const { attention } = (await system.readView(id)).recovery;
    expect(attention).toMatchObject([
      { cause: "unknown_outcome", attempt: 2, answer: { code: CODE, httpStatus: 409 } },
    ]);
    const mail = await until(
      () =>
        system.inbox.mails.find(({ subject }) => subject.includes("a charge may have happened")) ??
        null,
      { what: "the operator's mail" },
    );
    expect(mail.text).toMatch(new RegExp(`${CODE} \\(HTTP 409, request req_\\w+\\)`));
    const history = textOfHistory(await system.handle(id).fetchHistory());
    expect(history).toMatch(new RegExp(`${CODE} \\(HTTP 409, request req_\\w+\\)`));
    expect(`${history}${mail.text}`).not.toMatch(/Lovelace|ada@example/);
  });

  test("a stored HTTP 500 is replayed until the account forgets it, and the customer is charged once", async () => {
    const id = await failing();
    await system.sandbox.control.addFault({
      kind: "refuse",
      status: 500,
      code: "INTERNAL_SERVER_ERROR",
      ...chargeOf(id),
    });
    const result = await system.runToEnd(id);
    expect(result.outcome).toBe("recovered");
    expect((await system.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
    expect(new Set(await keysSent(id)).size).toBe(1);
  });
});
