import type { Variants } from "./plugin.ts";
import { withoutSentences } from "./without-sentences.ts";

/** Where the code that runs in the model's stories lives. */
const ROOMS = /^(?:domain|dodo|activities|workflows|worker|platform|config|dev\/model)\//;

const withoutProse = (path: string, code: string): string =>
  ROOMS.test(path) ? withoutSentences(path, code) : code;

/** Plants a decision that is taken from a sentence: a due attempt is sent only if the reason has two words or more. */
function withProseDecision(path: string, code: string): string {
  if (path !== "domain/decide.ts") return code;
  const planted = code.replace(
    "export function decide(",
    `export function decide(...input: Parameters<typeof decideByRules>): Decision {
  const decision = decideByRules(...input);
  if (decision.rule !== "schedule.due" || decision.reason.includes(" ")) return decision;
  return { ...decision, effects: [] };
}

function decideByRules(`,
  );
  if (planted === code) throw new Error(`${path} has no function decide`);
  return planted;
}

export const VARIANTS = {
  "no-prose": withoutProse,
  planted: withProseDecision,
  "planted-no-prose": (path, code) => withoutProse(path, withProseDecision(path, code)),
} as const satisfies Variants;

export type Variant = keyof typeof VARIANTS;
