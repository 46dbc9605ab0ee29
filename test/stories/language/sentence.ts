import { currencyExponent } from "../../../domain/values/money.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../domain/values/time.ts";

export type Amount = { readonly amountMinor: number; readonly currency: string };

/** What stands between braces in a form. */
const SLOTS = {
  amount: String.raw`[A-Z]{3} \d+(?:\.\d+)?`,
  clock: String.raw`\d\d:\d\d`,
  end: String.raw`succeeds|declined without a code|declined (?:\w+|"[^"]*")|stays [a-z_]+`,
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

/** A sentence, and what it means. Reading throws an `Error` where a part makes no sense. */
export type Form<Meaning> = readonly [form: string, mean: (slots: Slots) => Meaning];

function expressionOf(form: string): RegExp {
  const pattern = form
    .replaceAll(/[.()%]/g, String.raw`\$&`)
    .replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof SLOTS) => `(?<${name}>${SLOTS[name]})`);
  return new RegExp(`^${pattern}$`);
}

/** @throws Error that lists the sentences there are */
export function read<Meaning>(sentence: string, forms: readonly Form<Meaning>[]): Meaning {
  for (const [form, mean] of forms) {
    const match = expressionOf(form).exec(sentence);
    if (match !== null) return mean((match.groups ?? {}) as Slots);
  }
  const known = forms.map(([form]) => `  ${form}`).join("\n");
  throw new Error(`no such sentence: "${sentence}"; there are\n${known}`);
}

export function amountOf(text = ""): Amount {
  const [currency = "", digits = ""] = text.split(" ");
  const exponent = currencyExponent(currency);
  const decimals = digits.split(".")[1] ?? "";
  if (decimals.length !== exponent) {
    throw new Error(`an amount in ${currency} has ${exponent} decimals, not as in "${text}"`);
  }
  return { amountMinor: Number(digits.replace(".", "")), currency };
}

export function clockMs(text = ""): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  if (hours > 23 || minutes > 59) throw new Error(`no such time of day: ${text}`);
  return hours * HOUR_MS + minutes * MINUTE_MS;
}

/** `day 3 13:10`, counted from the midnight before the story begins. @returns null for anything else */
export function dayMs(text: string): number | null {
  const [, day, clock] = /^day (\d+) (\d\d:\d\d)$/.exec(text) ?? [];
  return day === undefined ? null : Number(day) * DAY_MS + clockMs(clock);
}
