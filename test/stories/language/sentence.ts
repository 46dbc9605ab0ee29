import { currencyExponent } from "../../../domain/values/money.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../domain/values/time.ts";

/** In the currency's smallest unit. */
export type Amount = { readonly amountMinor: number; readonly currency: string };

/** What a slot, the part of a pattern between braces, accepts. */
const SLOTS = {
  amount: String.raw`[A-Z]{3} \d+(?:\.\d+)?`,
  clock: String.raw`\d\d:\d\d`,
  outcome: String.raw`succeeded|declined without a code|declined (?:\w+|"[^"]*")|open, status [a-z_]+`,
  code: String.raw`[A-Z_]+`,
  number: String.raw`\d+`,
  status: String.raw`[a-z_]+`,
  type: String.raw`[a-z_]+\.[a-z_]+`,
  name: String.raw`[a-z_]+`,
  value: String.raw`\S+`,
  yaml: String.raw`.+`,
  how: "refunded|disputed",
} as const;

type Slots = Readonly<Partial<Record<keyof typeof SLOTS, string>>>;

/** A sentence with slots, and what it means. `meaning` throws an `Error` if a slot's text is not valid. */
export type Pattern<Meaning> = readonly [pattern: string, meaning: (slots: Slots) => Meaning];

function expressionOf(pattern: string): RegExp {
  const expression = pattern
    .replaceAll(/[.()%]/g, String.raw`\$&`)
    .replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof SLOTS) => `(?<${name}>${SLOTS[name]})`);
  return new RegExp(`^${expression}$`);
}

/** @throws Error with all patterns if none matches */
export function parseSentence<Meaning>(
  sentence: string,
  patterns: readonly Pattern<Meaning>[],
): Meaning {
  for (const [pattern, meaning] of patterns) {
    const match = expressionOf(pattern).exec(sentence);
    if (match !== null) return meaning((match.groups ?? {}) as Slots);
  }
  const known = patterns.map(([pattern]) => `  ${pattern}`).join("\n");
  throw new Error(`unknown sentence: "${sentence}"; expected one of\n${known}`);
}

/** @throws Error if the number of decimals is not the currency's */
export function parseAmount(text = ""): Amount {
  const [currency = "", digits = ""] = text.split(" ");
  const exponent = currencyExponent(currency);
  const decimals = digits.split(".")[1] ?? "";
  if (decimals.length !== exponent) {
    throw new Error(`an amount in ${currency} has ${exponent} decimals, unlike "${text}"`);
  }
  return { amountMinor: Number(digits.replace(".", "")), currency };
}

/** Milliseconds since midnight. */
export function parseClock(text = ""): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  if (hours > 23 || minutes > 59) throw new Error(`not a time of day: ${text}`);
  return hours * HOUR_MS + minutes * MINUTE_MS;
}

/** Milliseconds between the midnight before the story and `day 3 13:10`. @returns null for any other text */
export function parseDayAndTime(text: string): number | null {
  const [, day, clock] = /^day (\d+) (\d\d:\d\d)$/.exec(text) ?? [];
  return day === undefined ? null : Number(day) * DAY_MS + parseClock(clock);
}
