import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import type { NoticeEffect } from "../../../domain/decision/effect.ts";
import { HANDLING } from "../../../domain/declines/handling.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { PAUSE, RESUME, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { DAY_MS, MINUTE_MS, type Scenario, startScenario } from "../../support/domain/scenario.ts";

const decline = (code: string): Verdict => ({ kind: "decline", code });

async function failing(
  code: string,
  verdicts: readonly Verdict[] = [],
  policy: Policy = DEFAULT_POLICY,
): Promise<Scenario> {
  const run = startScenario({}, policy);
  run.dodo.verdicts.push(...verdicts);
  run.dodo.merchantCharges(decline(code));
  await run.until(0, MINUTE_MS);
  return run;
}

/** The notices of all decisions, in order. */
const decided = ({ world }: Scenario): readonly NoticeEffect[] =>
  world.decisions.flatMap(({ decision }) =>
    decision.effects.filter((effect): effect is NoticeEffect => effect.kind === "notice"),
  );

const reply = async ({ world, timeline }: Scenario, command: string): Promise<unknown> => {
  await timeline.run(timeline.now() + 1_000);
  return world.replies.get(command);
};

const subjects = ({ world }: Scenario): string[] => world.mails.map(({ subject }) => subject);

const CANCEL: Policy = { ...DEFAULT_POLICY, onExhausted: "cancel" };

/** A card that fails with a soft decline, then with `code`; then a new card fails with `code` too. */
async function wholeRecovery(code: string, policy: Policy): Promise<Scenario> {
  const run = await failing("INSUFFICIENT_FUNDS", [decline(code)], policy);
  await run.until(5);
  run.dodo.customerChangesMethod("pm_2", decline(code));
  await run.untilOver();
  return run;
}

describe("a masked decline code", () => {
  const masked = HANDLING.filter((row) => row.masked).map(({ code }) => code);

  test("is one of four codes", () => {
    expect(masked).toEqual(["FRAUDULENT", "LOST_CARD", "PICKUP_CARD", "STOLEN_CARD"]);
  });

  test.each(masked)(
    "sends the same mails at the same times for %s as for CARD_DECLINED",
    async (code) => {
      for (const policy of [DEFAULT_POLICY, CANCEL]) {
        const [hidden, plain] = await Promise.all(
          [code, "CARD_DECLINED"].map(async (one) => {
            const alone = await failing(one, [], policy);
            await alone.untilOver();
            return [alone, await wholeRecovery(one, policy)];
          }),
        );
        expect(hidden?.map(({ world }) => world.mails)).toEqual(
          plain?.map(({ world }) => world.mails),
        );
        expect(hidden?.[0]?.world.mails.length).toBeGreaterThanOrEqual(4);
        expect(hidden?.[1]?.world.mails.length).toBeGreaterThanOrEqual(4);
      }
    },
  );

  test("differs from an unmasked code, whose mail names the reason", async () => {
    const [expired, plain] = await Promise.all([failing("EXPIRED_CARD"), failing("CARD_DECLINED")]);
    expect(expired.world.mails[0]?.text).not.toBe(plain.world.mails[0]?.text);
  });
});

describe("the mails after a hard decline", () => {
  test("ask first, remind twice, and end with a last reminder", async () => {
    const run = await failing("CARD_DECLINED");
    await run.untilOver();
    expect(decided(run).map(({ step, cancelsAtEnd }) => [step, cancelsAtEnd])).toEqual([
      ["first", false],
      ["reminder", false],
      ["reminder", false],
      ["last", false],
    ]);
    expect(subjects(run)).toEqual([
      "Please complete your payment of $29.00",
      "Reminder: your payment of $29.00 is still due",
      "Reminder: your payment of $29.00 is still due",
      "Reminder: your payment of $29.00 is still due",
    ]);
    expect(run.world.mails[3]?.text).toContain("This is our last reminder");
  });

  test("count the days when few are left", async () => {
    const notices = { ...DEFAULT_POLICY.notices, hardMs: [0, 28 * DAY_MS] };
    const run = await failing("CARD_DECLINED", [], { ...DEFAULT_POLICY, notices });
    await run.untilOver();
    expect(subjects(run).at(-1)).toBe("3 days left to pay $29.00");
  });

  test("mention no last chance where the policy has one mail", async () => {
    const notices = { ...DEFAULT_POLICY.notices, hardMs: [0] };
    const run = await failing("CARD_DECLINED", [], { ...DEFAULT_POLICY, notices });
    await run.untilOver();
    expect(decided(run).map(({ step }) => step)).toEqual(["first"]);
  });

  test("skip to the latest step after a pause", async () => {
    const run = await failing("CARD_DECLINED");
    await run.until(1);
    run.world.command(PAUSE);
    await run.until(20);
    run.world.command(RESUME);
    await run.untilOver();
    expect(decided(run).map(({ step }) => step)).toEqual(["first", "last"]);
  });

  test("start with the first step after a pause from the beginning", async () => {
    const run = startScenario();
    run.dodo.merchantCharges(decline("CARD_DECLINED"));
    await run.until(0, 5_000);
    run.world.command(PAUSE);
    await run.until(20);
    run.world.command(RESUME);
    await run.untilOver();
    expect(decided(run)[0]?.step).toBe("first");
  });

  test("stop reminding when the customer asks for it, but tell a new reason", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [decline("EXPIRED_CARD")]);
    await run.until(1);
    const other = run.world.command({ action: "stop_reminders", debtId: "pay_other" });
    expect(await reply(run, other)).toMatchObject({ ok: false, code: "stale_link" });
    const stop = run.world.command({ action: "stop_reminders", debtId: "pay_1" });
    expect(await reply(run, stop)).toEqual({ ok: true });
    const again = run.world.command({ action: "stop_reminders", debtId: null });
    expect(await reply(run, again)).toEqual({ ok: true });
    await run.untilOver();
    // No announcement of the retry and no reminder; one mail about the new reason.
    expect(decided(run).map(({ notice, step }) => [notice, step])).toEqual([
      ["payment_failed", undefined],
      ["action_needed", "first"],
    ]);
    expect(run.dodo.mutations.filter(({ what }) => what === "charge")).toHaveLength(1);
    expect(run.world.decisions.map(({ decision }) => decision.rule)).toContain(
      "notice.reminders_stopped",
    );
  });

  test("remind again for the next debt after the customer stopped reminders", async () => {
    const run = await failing("CARD_DECLINED");
    await run.until(1);
    run.world.command({ action: "stop_reminders", debtId: null });
    run.world.command(WRITE_OFF);
    await run.until(2);
    run.dodo.merchantCharges(decline("CARD_DECLINED"), {}, 1_500);
    await run.until(40);
    expect(decided(run).map(({ step }) => step)).toEqual([
      "first",
      "first",
      "reminder",
      "reminder",
      "last",
    ]);
  });

  test("refuse to stop reminders before a debt is known, or after it was paid", async () => {
    const run = startScenario();
    run.dodo.merchantCharges(decline("CARD_DECLINED"));
    await run.until(0, 12_000);
    const early = run.world.command({ action: "stop_reminders", debtId: null });
    expect(await reply(run, early)).toMatchObject({ ok: false, code: "not_now" });
    await run.until(1);
    run.dodo.customerChangesMethod("pm_2");
    await run.until(1, MINUTE_MS);
    const late = run.world.command({ action: "stop_reminders", debtId: null });
    await run.until(2);
    expect(run.world.replies.get(late)?.ok ?? false).toBe(false);
  });

  test("announce a cancellation that the policy makes, and report it", async () => {
    const run = await failing("CARD_DECLINED", [], CANCEL);
    await run.untilOver();
    const last = run.world.mails.at(-2);
    expect(last?.text).toContain("your subscription will be cancelled");
    expect(subjects(run).at(-1)).toBe("Your subscription has been cancelled");
    expect(run.world.mails.at(-1)?.text).not.toContain("/pay/");
    expect(run.world.results.at(-1)?.outcome).toBe("exhausted");
  });
});

describe("the mail about a cancelled subscription", () => {
  test("is not sent if Dodo refuses to cancel", async () => {
    const run = await failing("CARD_DECLINED", [], CANCEL);
    await run.until(29);
    run.dodo.faults.push({ kind: "refuse", httpStatus: 422, code: "SUBSCRIPTION_INACTIVE" });
    await run.untilOver();
    expect(subjects(run)).not.toContain("Your subscription has been cancelled");
  });

  test("is not sent if the subscription is active again", async () => {
    const run = await failing("CARD_DECLINED", [], CANCEL);
    await run.until(29);
    const cancel = run.dodo.cancel.bind(run.dodo);
    run.dodo.cancel = async () => {
      const answer = await cancel();
      run.dodo.status = "active";
      return answer;
    };
    await run.untilOver();
    expect(decided(run).at(-1)?.notice).toBe("cancelled");
    expect(subjects(run)).not.toContain("Your subscription has been cancelled");
  });

  test("is not sent if the customer cancels during the recovery", async () => {
    const run = await failing("CARD_DECLINED", [], CANCEL);
    await run.until(5);
    run.dodo.setStatus("cancelled", "subscription.cancelled");
    await run.untilOver();
    expect(run.world.results.at(-1)?.outcome).toBe("cancelled");
    expect(subjects(run)).not.toContain("Your subscription has been cancelled");
  });
});

describe("the thank-you", () => {
  test("names the payment that settled the debt", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.untilOver();
    const [debt] = run.world.results[0]?.debts ?? [];
    expect(decided(run).at(-1)).toMatchObject({ notice: "recovered", paidBy: debt?.paymentId });
    expect(debt?.paymentId).toBe("pay_2");
  });
});

test("gives all mails of a debt one thread, and each a key of its own", async () => {
  const run = await failing("INSUFFICIENT_FUNDS", [decline("CARD_DECLINED")], CANCEL);
  await run.untilOver();
  expect(new Set(run.world.mails.map(({ thread }) => thread))).toEqual(
    new Set(["recovery-sub_1/pay_1"]),
  );
  const keys = run.world.mails.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBeGreaterThan(5);
});
