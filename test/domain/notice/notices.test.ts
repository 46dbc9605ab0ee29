import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import type { NoticeEffect } from "../../../domain/decision/effect.ts";
import { DECLINE_CODES } from "../../../domain/declines/decline-codes.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { PAUSE, RESUME, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { DAY_MS, MINUTE_MS, story, type Story } from "../../support/domain/scenario.ts";

const decline = (code: string): Verdict => ({ kind: "decline", code });

async function failing(
  code: string,
  verdicts: readonly Verdict[] = [],
  policy: Policy = DEFAULT_POLICY,
): Promise<Story> {
  const told = story({}, policy);
  told.dodo.verdicts.push(...verdicts);
  told.dodo.merchantCharges(decline(code));
  await told.until(0, MINUTE_MS);
  return told;
}

/** The notices that were decided on, in order. */
const decided = ({ world }: Story): readonly NoticeEffect[] =>
  world.decisions.flatMap(({ decision }) =>
    decision.effects.filter((effect): effect is NoticeEffect => effect.kind === "notice"),
  );

const reply = async ({ world, timeline }: Story, command: string): Promise<unknown> => {
  await timeline.run(timeline.now() + 1_000);
  return world.replies.get(command);
};

const subjects = ({ world }: Story): string[] => world.mails.map(({ subject }) => subject);

const CANCEL: Policy = { ...DEFAULT_POLICY, onExhausted: "cancel" };

/** A card that fails, first softly; then as `code` says; then another card as well. */
async function wholeRecovery(code: string, policy: Policy): Promise<Story> {
  const told = await failing("INSUFFICIENT_FUNDS", [decline(code)], policy);
  await told.until(5);
  told.dodo.customerChangesMethod("pm_2", decline(code));
  await told.untilOver();
  return told;
}

describe("a reason that must stay hidden", () => {
  const masked = DECLINE_CODES.filter((row) => row.masked).map(({ code }) => code);

  test("is one of four", () => {
    expect(masked).toEqual(["FRAUDULENT", "LOST_CARD", "PICKUP_CARD", "STOLEN_CARD"]);
  });

  test.each(masked)(
    "%s: from its first mail to its last a recovery writes, byte for byte and at the same times, as of CARD_DECLINED",
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

  test("is not what every reason is: others are told, so that the comparison can fail", async () => {
    const [expired, plain] = await Promise.all([failing("EXPIRED_CARD"), failing("CARD_DECLINED")]);
    expect(expired.world.mails[0]?.text).not.toBe(plain.world.mails[0]?.text);
  });
});

describe("the mails of a hard decline", () => {
  test("ask, remind, and give a last chance", async () => {
    const told = await failing("CARD_DECLINED");
    await told.untilOver();
    expect(decided(told).map(({ step, cancelsAtEnd }) => [step, cancelsAtEnd])).toEqual([
      ["first", false],
      ["reminder", false],
      ["reminder", false],
      ["last", false],
    ]);
    expect(subjects(told)).toEqual([
      "Please complete your payment of $29.00",
      "Reminder: your payment of $29.00 is still due",
      "Reminder: your payment of $29.00 is still due",
      "Reminder: your payment of $29.00 is still due",
    ]);
    expect(told.world.mails[3]?.text).toContain("This is our last reminder");
  });

  test("count the days once they are few", async () => {
    const notices = { ...DEFAULT_POLICY.notices, hardMs: [0, 28 * DAY_MS] };
    const told = await failing("CARD_DECLINED", [], { ...DEFAULT_POLICY, notices });
    await told.untilOver();
    expect(subjects(told).at(-1)).toBe("3 days left to pay $29.00");
  });

  test("ask and say no more of a last chance where there is but one", async () => {
    const notices = { ...DEFAULT_POLICY.notices, hardMs: [0] };
    const told = await failing("CARD_DECLINED", [], { ...DEFAULT_POLICY, notices });
    await told.untilOver();
    expect(decided(told).map(({ step }) => step)).toEqual(["first"]);
  });

  test("that a pause held back are not caught up with: the last has the word", async () => {
    const told = await failing("CARD_DECLINED");
    await told.until(1);
    told.world.command(PAUSE);
    await told.until(20);
    told.world.command(RESUME);
    await told.untilOver();
    expect(decided(told).map(({ step }) => step)).toEqual(["first", "last"]);
  });

  test("held back from the first on still ask first", async () => {
    const told = story();
    told.dodo.merchantCharges(decline("CARD_DECLINED"));
    await told.until(0, 5_000);
    told.world.command(PAUSE);
    await told.until(20);
    told.world.command(RESUME);
    await told.untilOver();
    expect(decided(told)[0]?.step).toBe("first");
  });

  test("come no more once the customer has said so; what is new still does", async () => {
    const told = await failing("INSUFFICIENT_FUNDS", [decline("EXPIRED_CARD")]);
    await told.until(1);
    const other = told.world.command({ action: "stop_reminders", debtId: "pay_other" });
    expect(await reply(told, other)).toMatchObject({ ok: false, code: "stale_link" });
    const stop = told.world.command({ action: "stop_reminders", debtId: "pay_1" });
    expect(await reply(told, stop)).toEqual({ ok: true });
    const again = told.world.command({ action: "stop_reminders", debtId: null });
    expect(await reply(told, again)).toEqual({ ok: true });
    await told.untilOver();
    // Neither the announcement of the retry nor a reminder: the new reason is told once.
    expect(decided(told).map(({ notice, step }) => [notice, step])).toEqual([
      ["payment_failed", undefined],
      ["action_needed", "first"],
    ]);
    expect(told.dodo.mutations.filter(({ what }) => what === "charge")).toHaveLength(1);
    expect(told.world.decisions.map(({ decision }) => decision.rule)).toContain(
      "notice.reminders_stopped",
    );
  });

  test("of the next debt come as ever", async () => {
    const told = await failing("CARD_DECLINED");
    await told.until(1);
    told.world.command({ action: "stop_reminders", debtId: null });
    told.world.command(WRITE_OFF);
    await told.until(2);
    told.dodo.merchantCharges(decline("CARD_DECLINED"), {}, 1_500);
    await told.until(40);
    expect(decided(told).map(({ step }) => step)).toEqual([
      "first",
      "first",
      "reminder",
      "reminder",
      "last",
    ]);
  });

  test("are stopped by a link of a debt that is open", async () => {
    const told = story();
    told.dodo.merchantCharges(decline("CARD_DECLINED"));
    await told.until(0, 12_000);
    const early = told.world.command({ action: "stop_reminders", debtId: null });
    expect(await reply(told, early)).toMatchObject({ ok: false, code: "not_now" });
    await told.until(1);
    told.dodo.customerChangesMethod("pm_2");
    await told.until(1, MINUTE_MS);
    const late = told.world.command({ action: "stop_reminders", debtId: null });
    await told.until(2);
    expect(told.world.replies.get(late)?.ok ?? false).toBe(false);
  });

  test("say that the subscription will be cancelled where it will be, and that it was", async () => {
    const told = await failing("CARD_DECLINED", [], CANCEL);
    await told.untilOver();
    const last = told.world.mails.at(-2);
    expect(last?.text).toContain("your subscription will be cancelled");
    expect(subjects(told).at(-1)).toBe("Your subscription has been cancelled");
    expect(told.world.mails.at(-1)?.text).not.toContain("/pay/");
    expect(told.world.results.at(-1)?.outcome).toBe("exhausted");
  });
});

describe("the mail of a cancelled subscription", () => {
  test("is not sent where Dodo refused to cancel", async () => {
    const told = await failing("CARD_DECLINED", [], CANCEL);
    await told.until(29);
    told.dodo.faults.push({ kind: "refuse", httpStatus: 422, code: "SUBSCRIPTION_INACTIVE" });
    await told.untilOver();
    expect(subjects(told)).not.toContain("Your subscription has been cancelled");
  });

  test("is not sent where it is not cancelled any more", async () => {
    const told = await failing("CARD_DECLINED", [], CANCEL);
    await told.until(29);
    const cancel = told.dodo.cancel.bind(told.dodo);
    told.dodo.cancel = async () => {
      const answer = await cancel();
      told.dodo.status = "active";
      return answer;
    };
    await told.untilOver();
    expect(decided(told).at(-1)?.notice).toBe("cancelled");
    expect(subjects(told)).not.toContain("Your subscription has been cancelled");
  });

  test("is not sent to one who cancels while we wait", async () => {
    const told = await failing("CARD_DECLINED", [], CANCEL);
    await told.until(5);
    told.dodo.setStatus("cancelled", "subscription.cancelled");
    await told.untilOver();
    expect(told.world.results.at(-1)?.outcome).toBe("cancelled");
    expect(subjects(told)).not.toContain("Your subscription has been cancelled");
  });
});

describe("the thanks", () => {
  test("name the payment that settled it", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    await told.untilOver();
    const [debt] = told.world.results[0]?.debts ?? [];
    expect(decided(told).at(-1)).toMatchObject({ notice: "recovered", paidBy: debt?.paymentId });
    expect(debt?.paymentId).toBe("pay_2");
  });
});

test("every mail of one debt belongs to one thread, and each has a key of its own", async () => {
  const told = await failing("INSUFFICIENT_FUNDS", [decline("CARD_DECLINED")], CANCEL);
  await told.untilOver();
  expect(new Set(told.world.mails.map(({ thread }) => thread))).toEqual(
    new Set(["recovery-sub_1/pay_1"]),
  );
  const keys = told.world.mails.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBeGreaterThan(5);
});
