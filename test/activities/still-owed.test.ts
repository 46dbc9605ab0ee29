import { describe, expect, test } from "vitest";
import { stillOwed } from "../../activities/evidence/still-owed.ts";
import { ModelDodo } from "../../dev/model/dodo.ts";
import { unattributedPayment } from "../../dev/model/events.ts";
import { modelPort } from "../../dev/model/port.ts";
import { Timeline } from "../../dev/model/timeline.ts";
import type { DebtContext } from "../../domain/debt/attribution.ts";
import type { Payment } from "../../domain/state/payment.ts";
import { type DebtId, parseSubscriptionId } from "../../domain/values/ids.ts";
import { HOUR_MS } from "../../domain/values/time.ts";
import { debtContext } from "../support/domain/debt-context.ts";
import { paymentIdOf } from "../support/domain/ids.ts";
import { DAY_0 } from "../support/domain/scenario.ts";

const OWN = parseSubscriptionId("sub_1") ?? (undefined as never);
const FAILED = payment("pay_1", { state: "declined", createdAt: DAY_0 });
const PAID = payment("pay_2", { state: "succeeded", isMethodUpdate: true });
const OF_ANOTHER = payment("pay_3", { state: "succeeded", subscriptionIds: ["sub_2"] });

function payment(id: string, given: Partial<Payment>): Payment {
  const known = { paymentId: paymentIdOf(id), subscriptionIds: ["sub_1"] };
  return unattributedPayment(DAY_0 + HOUR_MS, { ...known, ...given });
}

const DEBT = debtContext({
  debtId: "pay_1" as DebtId,
  failedPaymentId: paymentIdOf("pay_1"),
  firstFailedAt: DAY_0,
});

/** @returns the verdict, and how often the subscription's own list was read */
async function check(
  ofCustomer: readonly Payment[] | null,
  own: readonly Payment[],
  debt: DebtContext,
) {
  const timeline = new Timeline(DAY_0);
  const dodo = modelPort(new ModelDodo(timeline, { authorizedAt: DAY_0 }), timeline.now);
  let lists = 0;
  const payments = async (): Promise<readonly Payment[]> => {
    lists += 1;
    return await Promise.resolve(own);
  };
  const input = { subscriptionId: OWN, debt, mode: "act", ofCustomer } as const;
  const verdict = await stillOwed(input, { ...dodo, payments });
  return { verdict: verdict.kind, lists };
}

describe("before a notice, the customer's list", () => {
  test("serves for the subscription's where it shows the debt's failed payment", async () => {
    expect(await check([FAILED, OF_ANOTHER], [], DEBT)).toEqual({ verdict: "owed", lists: 0 });
    expect(await check([FAILED, PAID], [], DEBT)).toEqual({ verdict: "not_owed", lists: 0 });
  });

  test("proves nothing where it lacks that payment: the subscription's is read too", async () => {
    expect(await check([OF_ANOTHER], [FAILED, PAID], DEBT)).toEqual({
      verdict: "not_owed",
      lists: 1,
    });
    expect(await check(null, [FAILED], DEBT)).toEqual({ verdict: "owed", lists: 1 });
  });

  test("does not serve where the policy tells debts apart by metadata, or nothing has failed yet", async () => {
    const keyed = { ...DEBT, debtKeyName: "invoice" };
    expect(await check([FAILED], [FAILED, PAID], keyed)).toEqual({ verdict: "not_owed", lists: 1 });
    const requested = { ...DEBT, failedPaymentId: null };
    expect(await check([], [], requested)).toEqual({ verdict: "owed", lists: 1 });
  });
});
