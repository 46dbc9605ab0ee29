import { expect, test } from "vitest";
import type { Decision } from "../../domain/decision/decision.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import { describeAlert } from "../../domain/state/alert.ts";
import { differenceFrom } from "../support/recorded-text.ts";
import { allDecisions } from "./decisions/decided.ts";

/** Replaces names, times, amounts and numbers, which differ from story to story. */
function withPlaceholders(text: string): string {
  return text
    .replaceAll(/\b(pay|sub|cus|dp)_\w+/g, "$1_…")
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC/g, "<time>")
    .replaceAll(/\b[A-Z]{3} \d+(\.\d+)?/g, "<amount>")
    .replaceAll(/\b\d+\b/g, "<n>")
    .replaceAll(/recovery-\S+/g, "<key>");
}

function effectTexts(effect: Effect): string[] {
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

function decisionTexts({ rule, reason, waitingFor, effects }: Decision): string[] {
  const reasons = reason.split("; ").map((one) => `reason: ${one}`);
  const texts = [`rule: ${rule}`, `waits for: ${waitingFor}`, ...reasons];
  return [...texts, ...effects.flatMap(effectTexts)].map(withPlaceholders);
}

/** After an intended change: `npm run stories:record`. */
test("the texts of all decisions equal the recorded ones", async () => {
  const { stories, matrix } = await allDecisions();
  const texts = [...stories, ...matrix].flatMap(({ decision }) => decisionTexts(decision));
  const lines = [...new Set(texts)].toSorted();
  expect(differenceFrom("test/stories/texts.txt", `${lines.join("\n")}\n`)).toBeNull();
});
