import { IntlMessageFormat } from "intl-messageformat";
import { memoize } from "../memoize.ts";
import { en, type TextKey } from "./texts/en.ts";

export type MessageValues = Readonly<Record<string, string | number>>;

/** Says one text in one language. @throws where a placeholder has no value, which only a bug of ours brings about */
export type Say = (key: TextKey, values?: MessageValues) => string;

/** What stands between angle brackets is text, not a tag. */
const OPTIONS = { ignoreTag: true } as const;

const formats = memoize<IntlMessageFormat>();

/** @param locale whose plural rules and digits are used */
export function createSay(texts: Readonly<Record<TextKey, string>>, locale: string): Say {
  return (key, values = {}) => {
    const text = texts[key];
    const make = (): IntlMessageFormat => new IntlMessageFormat(text, locale, undefined, OPTIONS);
    const said: unknown = formats(`${locale} ${text}`, make).format(values);
    return String(said);
  };
}

type Element = ReturnType<IntlMessageFormat["getAst"]>[number];

/**
 * The placeholders of a text.
 * @throws SyntaxError for what is not ICU MessageFormat
 */
export function placeholdersOf(text: string, locale: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (element: Element): void => {
    if ("value" in element && typeof element.value === "string" && element.type !== LITERAL) {
      found.add(element.value);
    }
    if ("options" in element) {
      for (const { value } of Object.values(element.options)) value.forEach(visit);
    }
  };
  new IntlMessageFormat(text, locale, undefined, OPTIONS).getAst().forEach(visit);
  return found;
}

/** `TYPE.literal` of the parser, whose enum is not exported. */
const LITERAL = 0;

export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}
