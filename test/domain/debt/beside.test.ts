import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { paymentIdOf } from "../../support/domain/ids.ts";
import { MARK_PAID } from "../../support/domain/operator-commands.ts";
import { attention, collected, ends, failing, resume, SOFT } from "./failing-charge.ts";

const PAID = { kind: "succeed" } as const;

type Played = Awaited<ReturnType<typeof failing>>;

const overcharges = ({ world }: Played): unknown[] =>
  world.alerts.filter(({ cause }) => cause === "overcharged");

/** The customer completes the failed payment on its own page. */
function paysTheDebt({ dodo }: Played): void {
  dodo.end(paymentIdOf("pay_1"), PAID, true);
}

/** A debt is open; beside it the merchant's own charge of another amount fails, and one succeeds. */
async function failureAndSuccess(): Promise<Played> {
  const played = await failing(DEFAULT_POLICY);
  played.dodo.merchantCharges(SOFT, {}, 1_500);
  await played.until(1);
  played.dodo.merchantCharges(PAID, {}, 1_500);
  await played.until(1.5);
  return played;
}

describe("a success and a failure that nothing ties to a debt", () => {
  test("are one question, which names both", async () => {
    const played = await failureAndSuccess();
    expect(played.world.recovery?.attention).toMatchObject([
      {
        cause: "unattributed_success",
        paymentId: "pay_3",
        total: { minor: 1_500, currency: "USD" },
        failures: ["pay_2"],
      },
    ]);
  });

  test("are one question, whichever of them comes first", async () => {
    const played = await failing(DEFAULT_POLICY);
    played.dodo.merchantCharges(PAID, {}, 1_500);
    await played.until(1);
    expect(attention(played)).toEqual(["unattributed_success"]);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.until(1.5);
    expect(played.world.recovery?.attention).toMatchObject([
      { cause: "unattributed_success", paymentId: "pay_2", failures: ["pay_3"] },
    ]);
  });

  test("are not too much when the debt is paid too: two were owed and two are paid", async () => {
    const played = await failureAndSuccess();
    paysTheDebt(played);
    await played.until(20);
    expect(overcharges(played)).toEqual([]);
    expect(ends(played)).toEqual([]);
    expect(played.world.recovery).toMatchObject({
      debt: { id: "pay_2" },
      attention: [{ cause: "unattributed_success", paymentId: "pay_3", failures: ["pay_2"] }],
    });
    expect(played.dodo.mutations).toEqual([]);
    played.world.command(MARK_PAID);
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 recovered by customer", "1500 recovered by operator"]);
    expect(played.world.results[0]?.debts[1]).toMatchObject({ paymentId: "pay_3" });
    expect(played.dodo.mutations).toEqual([]);
  });

  test("are too much when more succeeded than failed", async () => {
    const played = await failureAndSuccess();
    played.dodo.merchantCharges(PAID, {}, 1_500);
    paysTheDebt(played);
    await played.until(20);
    expect(overcharges(played)).toMatchObject([{ paymentId: "pay_4" }]);
  });

  test("leave nothing to charge after a resume", async () => {
    const played = await failureAndSuccess();
    played.world.command(resume());
    await played.untilOver();
    expect(collected(played)).toEqual([1_500, 2_900]);
    expect(ends(played)).toEqual(["2900 recovered by attempt"]);
  });

  test("have the attempt announced after a resume, where the success had stopped its announcement", async () => {
    const played = await failing(DEFAULT_POLICY);
    // The webhook of the success is lost, so the read before the announcement finds it first.
    played.world.deliver = () => null;
    played.dodo.merchantCharges(PAID, {}, 1_500);
    await played.until(2.5);
    expect(attention(played)).toEqual(["unattributed_success"]);
    played.world.command(resume());
    await played.untilOver();
    const announcedAt = played.world.mails.findLast(({ key }) => key.includes("retry_ahead"))?.at;
    const chargedAt = played.dodo.mutations.find(({ what }) => what === "charge")?.at;
    expect(announcedAt).toBeLessThan(chargedAt ?? 0);
  });

  test("are not asked about again after a resume with newDebt: the failure is collected", async () => {
    const played = await failureAndSuccess();
    played.world.command(resume(true));
    await played.untilOver();
    expect(collected(played)).toEqual([1_500, 2_900, 1_500]);
    const questions = played.world.alerts.filter(({ cause }) => cause === "unattributed_success");
    expect(questions).toHaveLength(1);
  });

  test("leave the failure in question when the success is said to pay the debt", async () => {
    const played = await failureAndSuccess();
    played.world.command(MARK_PAID);
    await played.until(20);
    expect(ends(played)).toEqual([]);
    expect(played.world.recovery?.ended).toMatchObject([
      { debtId: "pay_1", outcome: "recovered", paymentId: "pay_3" },
    ]);
    expect(attention(played)).toEqual(["second_debt"]);
    expect(played.dodo.mutations).toEqual([]);
  });
});
