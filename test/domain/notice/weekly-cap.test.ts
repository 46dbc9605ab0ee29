import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import {
  type NoticeAnswer,
  type ReservedNotice,
  reserveNotice,
} from "../../../domain/notice/weekly-cap.ts";
import { DEFAULT_POLICY, type Policy, policyProblems } from "../../../domain/policy.ts";
import {
  DAY_0,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  type Scenario,
  startScenario,
} from "../../support/domain/scenario.ts";

/** Requests these notices in turn, on these days. */
function answers(perWeek: number, ...requests: readonly (readonly [string, number])[]) {
  let reserved: readonly ReservedNotice[] = [];
  return requests.map(([key, day]): string => {
    const result = reserveNotice(reserved, { key, at: DAY_0 + day * DAY_MS, perWeek });
    ({ reserved } = result);
    return wordsOf(result.answer);
  });
}

const wordsOf = (answer: NoticeAnswer): string =>
  answer.granted ? "sent" : `not before day ${(answer.until - DAY_0) / DAY_MS}`;

describe("the weekly cap on a customer's notices", () => {
  test("grants so many notices in any seven days, and the next when there is room again", () => {
    expect(answers(2, ["a", 0], ["b", 1], ["c", 2], ["c", 6.9], ["c", 7], ["d", 7.5])).toEqual([
      "sent",
      "sent",
      "not before day 7",
      "not before day 7",
      "sent",
      "not before day 8",
    ]);
  });

  test("counts a notice once, from when it was requested last", () => {
    expect(answers(1, ["a", 0], ["a", 0], ["a", 3], ["b", 3])).toEqual([
      "sent",
      "sent",
      "sent",
      "not before day 10",
    ]);
  });

  test("counts notices under an earlier, looser policy", () => {
    const reserved = [1, 2, 3].map((day) => ({ key: `k${day}`, at: DAY_0 + day * DAY_MS }));
    const { answer } = reserveNotice(reserved, { key: "n", at: DAY_0 + 4 * DAY_MS, perWeek: 1 });
    expect(wordsOf(answer)).toBe("not before day 10");
  });
});

const decline = (code: string): Verdict => ({ kind: "decline", code });

function capped(perCustomerWeek: number): Policy {
  return { ...DEFAULT_POLICY, notices: { ...DEFAULT_POLICY.notices, perCustomerWeek } };
}

async function failing(policy: Policy, code: string, ...then: Verdict[]): Promise<Scenario> {
  const run = startScenario({}, policy);
  run.dodo.verdicts.push(...then);
  run.dodo.merchantCharges(decline(code));
  await run.until(0, MINUTE_MS);
  return run;
}

const mailDays = ({ world }: Scenario): number[] =>
  world.mails.map(({ at }) => Math.floor((at - DAY_0) / DAY_MS));

describe("a recovery whose customer has reached the weekly cap", () => {
  test("defers its notice until there is room, and records why", async () => {
    const run = await failing(capped(1), "EXPIRED_CARD");
    await run.untilOver();
    // Uncapped: 0, 3, 7 and 14.
    expect(mailDays(run)).toEqual([0, 7, 14]);
    const rules = run.world.decisions.map(({ decision }) => decision.rule);
    expect(rules).toContain("notice.deferred");
    expect(run.world.recovery?.state).toBe("ended");
  });

  test("charges on the same days as without a cap", async () => {
    const soft = decline("INSUFFICIENT_FUNDS");
    const [uncapped, limited] = await Promise.all(
      [DEFAULT_POLICY, capped(1)].map(async (policy) => {
        const run = await failing(policy, "INSUFFICIENT_FUNDS", soft, soft, { kind: "succeed" });
        await run.untilOver();
        return run;
      }),
    );
    expect(limited?.dodo.mutations).toEqual(uncapped?.dodo.mutations);
    expect(limited?.world.mails.length).toBeLessThan(uncapped?.world.mails.length ?? 0);
    // The thank-you is not capped.
    expect(limited?.world.mails.at(-1)?.subject).toMatch(/^Thank you/);
  });

  test("waits at most a week between two notices that are due", async () => {
    const run = await failing(capped(1), "EXPIRED_CARD");
    await run.untilOver();
    const at = run.world.mails.map((mail) => mail.at);
    const gaps = at.slice(1).map((one, index) => one - (at[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(7 * DAY_MS + HOUR_MS);
  });

  test("accepts a policy of one to fifty notices a week", () => {
    expect([1, 50].flatMap((count) => policyProblems(capped(count)))).toEqual([]);
    for (const count of [0, -1, 51]) {
      expect(policyProblems(capped(count)).map(({ path }) => path)).toEqual([
        "notices.per_customer_week",
      ]);
    }
  });
});
