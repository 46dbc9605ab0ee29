import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import {
  type NoticeAnswer,
  type TakenNotice,
  takeNotice,
} from "../../../domain/notice/weekly-cap.ts";
import { DEFAULT_POLICY, type Policy, policyProblems } from "../../../domain/policy.ts";
import { DAY_0, DAY_MS, HOUR_MS, MINUTE_MS, story, type Story } from "../../support/domain/scenario.ts";

/** Asks in turn, on these days. */
function answers(perWeek: number, ...asked: readonly (readonly [string, number])[]) {
  let taken: readonly TakenNotice[] = [];
  return asked.map(([key, day]): string => {
    const result = takeNotice(taken, { key, at: DAY_0 + day * DAY_MS, perWeek });
    ({ taken } = result);
    return wordsOf(result.answer);
  });
}

const wordsOf = (answer: NoticeAnswer): string =>
  answer.granted ? "sent" : `not before day ${(answer.until - DAY_0) / DAY_MS}`;

describe("a customer's notices", () => {
  test("are so many in any seven days, and the next when there is room again", () => {
    expect(answers(2, ["a", 0], ["b", 1], ["c", 2], ["c", 6.9], ["c", 7], ["d", 7.5])).toEqual([
      "sent",
      "sent",
      "not before day 7",
      "not before day 7",
      "sent",
      "not before day 8",
    ]);
  });

  test("count once, however often one is asked about: a try that failed goes again", () => {
    expect(answers(1, ["a", 0], ["a", 0], ["a", 3], ["b", 3])).toEqual([
      "sent",
      "sent",
      "sent",
      "not before day 7",
    ]);
  });

  test("that a looser policy let through still count under a stricter one", () => {
    const taken = [1, 2, 3].map((day) => ({ key: `k${day}`, at: DAY_0 + day * DAY_MS }));
    const { answer } = takeNotice(taken, { key: "n", at: DAY_0 + 4 * DAY_MS, perWeek: 1 });
    expect(wordsOf(answer)).toBe("not before day 10");
  });
});

const decline = (code: string): Verdict => ({ kind: "decline", code });

function capped(perCustomerWeek: number): Policy {
  return { ...DEFAULT_POLICY, notices: { ...DEFAULT_POLICY.notices, perCustomerWeek } };
}

async function failing(policy: Policy, code: string, ...then: Verdict[]): Promise<Story> {
  const told = story({}, policy);
  told.dodo.verdicts.push(...then);
  told.dodo.merchantCharges(decline(code));
  await told.until(0, MINUTE_MS);
  return told;
}

const mailDays = ({ world }: Story): number[] =>
  world.mails.map(({ at }) => Math.floor((at - DAY_0) / DAY_MS));

describe("a recovery whose customer has had enough", () => {
  test("keeps its notice until there is room, with the reason in its record", async () => {
    const told = await failing(capped(1), "EXPIRED_CARD");
    await told.untilOver();
    // Uncapped: 0, 3, 7 and 14.
    expect(mailDays(told)).toEqual([0, 7, 14]);
    const rules = told.world.decisions.map(({ decision }) => decision.rule);
    expect(rules).toContain("notice.deferred");
    expect(told.world.recovery?.state).toBe("ended");
  });

  test("charges on its days all the same", async () => {
    const soft = decline("INSUFFICIENT_FUNDS");
    const [free, held] = await Promise.all(
      [DEFAULT_POLICY, capped(1)].map(async (policy) => {
        const told = await failing(policy, "INSUFFICIENT_FUNDS", soft, soft, { kind: "succeed" });
        await told.untilOver();
        return told;
      }),
    );
    expect(held?.dodo.mutations).toEqual(free?.dodo.mutations);
    expect(held?.world.mails.length).toBeLessThan(free?.world.mails.length ?? 0);
    // Thanks ask for nothing.
    expect(held?.world.mails.at(-1)?.subject).toMatch(/^Thank you/);
  });

  test("is never without a notice for good: at most a week lies between two that are due", async () => {
    const told = await failing(capped(1), "EXPIRED_CARD");
    await told.untilOver();
    const at = told.world.mails.map((mail) => mail.at);
    const gaps = at.slice(1).map((one, index) => one - (at[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(7 * DAY_MS + HOUR_MS);
  });

  test("has a policy of one to fifty a week", () => {
    expect([1, 50].flatMap((count) => policyProblems(capped(count)))).toEqual([]);
    for (const count of [0, -1, 51]) {
      expect(policyProblems(capped(count)).map(({ path }) => path)).toEqual([
        "notices.per_customer_week",
      ]);
    }
  });
});
