import { describe, expect, test } from "vitest";
import type { Decision } from "../../domain/decision/decision.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import { describeAlert } from "../../domain/state/alert.ts";
import { differenceFrom } from "../support/recorded-text.ts";
import { type Decided, decidedInEveryState, decidedInStories } from "./decisions/decided.ts";

/** Names, times and amounts differ from story to story: the words around them do not. */
function wordsOf(text: string): string {
  return text
    .replaceAll(/\b(pay|sub|cus|dp)_\w+/g, "$1_…")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC/g, "<time>")
    .replaceAll(/\b[A-Z]{3} \d+(\.\d+)?/g, "<amount>")
    .replaceAll(/\b\d+\b/g, "<n>")
    .replaceAll(/recovery-\S+/g, "<key>");
}

function effectWords(effect: Effect): string[] {
  switch (effect.kind) {
    case "read":
      return [`read: ${effect.why}`];
    case "reply":
      return effect.reply.ok ? [] : [`refused: ${effect.reply.code}: ${effect.reply.reason}`];
    case "notify_operator":
      return [`operator: ${effect.alert.cause}: ${describeAlert(effect.alert)}`];
    case "report_charge_status":
    case "charge":
    case "notice":
    case "payment_link":
    case "cancel":
    case "publish":
    case "withdraw_charge":
      return [];
  }
}

function decisionWords({ rule, reason, waitingFor, effects }: Decision): string[] {
  const reasons = reason.split("; ").map((one) => `because: ${one}`);
  const rules = [`rule: ${rule}`, `waits for: ${waitingFor}`];
  return [...rules, ...reasons, ...effects.flatMap(effectWords)].map(wordsOf);
}

const linesOf = (all: readonly Decided[]): string =>
  `${[...new Set(all.flatMap(({ decision }) => decisionWords(decision)))].toSorted().join("\n")}\n`;

/** Read, and found good: `npm run stories:record` after a change that was meant. */
describe("all that a recovery says", () => {
  test("in the stories", async () => {
    const lines = linesOf(await decidedInStories());
    expect(differenceFrom("test/stories/words.txt", lines)).toBeNull();
  });

  test("about every event in every state", async () => {
    const lines = linesOf(await decidedInEveryState());
    expect(differenceFrom("test/stories/words-of-the-matrix.txt", lines)).toBeNull();
  });
});
