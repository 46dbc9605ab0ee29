import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { decide } from "../../domain/decide.ts";
import type { Decision, Effect } from "../../domain/effect.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { everyEvent } from "../../local/model/events.ts";
import { specimens } from "../../local/model/specimens.ts";
import { differenceFrom } from "../support/recorded-text.ts";
import { plan } from "../support/stories/planner.ts";
import { parseStory } from "../support/stories/story-file.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".story"));

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
    case "tell_operator":
      return [`operator: ${effect.cause}: ${effect.detail}`];
    case "report_charge":
    case "charge":
    case "notice":
    case "link":
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

const linesOf = (decisions: readonly Decision[]): string =>
  `${[...new Set(decisions.flatMap(decisionWords))].toSorted().join("\n")}\n`;

/** Read, and found good: `npm run stories:record` after a change that was meant. */
describe("all that a recovery says", () => {
  test("in the stories", async () => {
    const decisions: Decision[] = [];
    for (const file of files) {
      const text = readFileSync(`${folder}${file}`, "utf8");
      const played = await plan(parseStory(file.replace(/\.story$/, ""), text));
      decisions.push(...played.decided.map(({ decision }) => decision));
    }
    expect(differenceFrom(`${folder}words.txt`, linesOf(decisions))).toBeNull();
  });

  test("about every event in every state", async () => {
    const inForce = { policy: DEFAULT_POLICY, mode: "act" } as const;
    const typical = [...(await specimens()).values()].flatMap((some) => some.slice(0, 1));
    const decisions = typical.flatMap(({ recovery, at }) =>
      everyEvent(recovery, at).map((event) => decide(recovery, event, inForce, at + 1)),
    );
    expect(differenceFrom(`${folder}words-of-the-matrix.txt`, linesOf(decisions))).toBeNull();
  });
});
