import { IntlMessageFormat } from "intl-messageformat";
import { memoize } from "../memoize.ts";
import { en, type TextKey } from "./texts/en.ts";

export type MessageValues = Readonly<Record<string, string | number>>;

/**
 * Formats one text of one language.
 *
 * @throws if a placeholder has no value, which is a bug
 */
export type FormatMessage = (key: TextKey, values?: MessageValues) => string;

/** Treats angle brackets as text, not as tags. */
const OPTIONS = { ignoreTag: true } as const;

const formats = memoize<IntlMessageFormat>();

/** @param locale for plural rules and digits */
export function createMessageFormatter(
  texts: Readonly<Record<TextKey, string>>,
  locale: string,
): FormatMessage {
  return (key, values = {}) => {
    const text = texts[key];
    const make = (): IntlMessageFormat => new IntlMessageFormat(text, locale, undefined, OPTIONS);
    const formatted: unknown = formats(`${locale} ${text}`, make).format(values);
    return String(formatted);
  };
}

type Element = ReturnType<IntlMessageFormat["getAst"]>[number];

/**
 * The names of a text's placeholders.
 *
 * @throws SyntaxError for a text that is not valid ICU MessageFormat
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

/** `TYPE.literal` of the parser, which does not export the enum. */
const LITERAL = 0;

export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}
