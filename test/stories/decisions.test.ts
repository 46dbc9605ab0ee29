import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../support/documents.ts";
import { isRecording } from "../support/recorded-text.ts";
import { allDecisions, type Decided, decideStories, type Decisions } from "./decisions/decided.ts";
import { differenceFromDigests, formatDigests } from "./decisions/digest.ts";

const FILE = "test/stories/decisions-by-rule.txt";

test("the decisions of the stories and of the matrix equal those recorded by rule", async () => {
  const decisions = await allDecisions();
  if (isRecording) writeFileSync(join(ROOT, FILE), formatDigests(decisions));
  expect(differenceFromDigests(readFileSync(join(ROOT, FILE), "utf8"), decisions)).toBeNull();
});

describe("the comparison with recorded decisions", () => {
  const CALENDAR = "015-suggested-calendar";

  /** The decisions of one story, and the same with its first decision by a rule changed. */
  async function changed(
    rule: string,
    change: (decision: Decided["decision"]) => Partial<Decided["decision"]>,
  ): Promise<{ readonly recorded: string; readonly decisions: Decisions }> {
    const stories = await decideStories([CALENDAR]);
    const index = stories.findIndex(({ decision }) => decision.rule === rule);
    const others = stories.map((one, at) =>
      at === index ? { ...one, decision: { ...one.decision, ...change(one.decision) } } : one,
    );
    return {
      recorded: formatDigests({ stories, matrix: [] }),
      decisions: { stories: others, matrix: [] },
    };
  }

  test("finds no difference in a changed text", async () => {
    const { recorded, decisions } = await changed("schedule.due", () => ({
      reason: "another reason for this attempt",
      waitingFor: "something else",
    }));
    expect(differenceFromDigests(recorded, decisions)).toBeNull();
  });

  test("shows a decision with another wake-up time in full, with its rule and story", async () => {
    const { recorded, decisions } = await changed("schedule.due", ({ wakeAt }) => ({
      wakeAt: (wakeAt ?? 0) + 1,
    }));
    const difference = differenceFromDigests(recorded, decisions) ?? "";
    expect(difference).toContain("schedule.due timer_fired\n  recorded: stories 3, matrix 0, ");
    expect(difference).toContain("1 new, 1 gone");
    expect(difference).toContain(`  ${CALENDAR}: {kind timer_fired}\n  → schedule.due: attempt 2`);
    expect(difference).toMatch(/\n {4}effect \{kind charge, .*amountMinor 2900, /);
  });

  test("shows a decision with another effect", async () => {
    const { recorded, decisions } = await changed("schedule.due", ({ effects }) => ({
      effects: effects.map((one) => (one.kind === "charge" ? { ...one, amountMinor: 1 } : one)),
    }));
    expect(differenceFromDigests(recorded, decisions)).toContain("amountMinor 1, ");
  });

  test("says if only the state differs", async () => {
    const { recorded, decisions } = await changed("schedule.due", ({ changes }) => ({
      changes: { ...changes, wasHeld: false },
    }));
    expect(differenceFromDigests(recorded, decisions)).toContain("only the state differs");
  });

  test("names a rule that decides no longer", async () => {
    const stories = await decideStories([CALENDAR]);
    const recorded = formatDigests({ stories, matrix: [] });
    const others = stories.filter(({ decision }) => decision.rule !== "schedule.due");
    expect(differenceFromDigests(recorded, { stories: others, matrix: [] })).toMatch(
      /schedule\.due timer_fired\n {2}recorded: stories 3, .*\n {2}now: {6}no decisions/,
    );
  });
});
