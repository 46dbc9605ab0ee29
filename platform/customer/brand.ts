import { messageOf } from "../error-message.ts";
import { mailboxOf } from "../mailbox.ts";
import { isTextKey, placeholdersOf } from "./message.ts";
import { type TextKey, TEXTS, type Texts } from "./texts/index.ts";

export type Logo = {
  readonly content: Buffer;
  readonly contentType: "image/png" | "image/jpeg" | "image/gif";
};

/** How the merchant appears to customers, in mails and on the page. */
export type Brand = {
  readonly name: string | null;
  /** Colour of buttons, `#rrggbb`. */
  readonly color: string;
  readonly logo: Logo | null;
  /** Replaces the name in `EMAIL_FROM`. */
  readonly senderName: string | null;
  readonly replyTo: string | null;
  /** Receives a copy of every notice. */
  readonly bcc: string | null;
  /** Postal address, one entry per line. */
  readonly address: readonly string[];
  /** Where customers ask questions: an `https:` or `mailto:` address. */
  readonly supportUrl: string | null;
  /** Used if neither metadata nor the billing country gives an available language. */
  readonly language: string;
  readonly languageOfCountry: Readonly<Record<string, string>>;
  /** The texts of every language, with the merchant's overrides. */
  readonly texts: Readonly<Record<string, Texts>>;
  /** The sender, `Name <address>`; null for `EMAIL_FROM`. */
  readonly from: string | null;
  /** The merchant's other brands, by their id at Dodo. */
  readonly others: Readonly<Record<string, Brand>>;
};

/** @returns the id for links to the pages; null for the common brand */
export function knownBrandId({ others }: Brand, brandId: string | null): string | null {
  return brandId !== null && Object.hasOwn(others, brandId) ? brandId : null;
}

/** The brand of a payment or a subscription. Dodo names one on each; a brand without a folder is the common one. */
export function brandOf(common: Brand, brandId: string | null): Brand {
  const id = knownBrandId(common, brandId);
  return (id === null ? undefined : common.others[id]) ?? common;
}

/** The brand, and its other brands, with the name of the sender wherever none is set: a page without a name is nobody's. */
export function withMerchantNames(brand: Brand, emailFrom: string | null): Brand {
  const named = (one: Brand): Brand => ({ ...one, name: one.name ?? senderOf(one, emailFrom) });
  const others = Object.entries(brand.others).map(([id, one]) => [id, named(one)] as const);
  return { ...named(brand), others: Object.fromEntries(others) };
}

/** Who the customer's mail program shows as the sender: a name, else the domain of the address. */
function senderOf({ senderName, from }: Brand, emailFrom: string | null): string | null {
  if (senderName !== null) return senderName;
  const sender = from ?? emailFrom;
  if (sender === null || sender === "") return null;
  const { name, address } = mailboxOf(sender);
  return name ?? address.split("@")[1] ?? null;
}

/** The brand without a `BRAND_DIR`. */
export const PLAIN_BRAND: Brand = {
  name: null,
  color: "#1a4fd6",
  logo: null,
  senderName: null,
  replyTo: null,
  bcc: null,
  address: [],
  supportUrl: null,
  language: "en",
  languageOfCountry: {},
  texts: TEXTS,
  from: null,
  others: {},
};

/** Longer than any text that fits in a mail. */
const TEXT_CHARACTERS_MAX = 1_000;

export type TextProblem = { readonly key: string; readonly problem: string };

/**
 * Problems in a merchant's texts for a language. A language that Reprise does not ship needs every text.
 *
 * @param language a BCP 47 tag
 */
export function textProblems(
  language: string,
  texts: Readonly<Record<string, string>>,
): readonly TextProblem[] {
  const wrong = Object.entries(texts).flatMap(([key, text]) => {
    const problem = problemOf(language, key, text);
    return problem === null ? [] : [{ key, problem }];
  });
  if (Object.hasOwn(TEXTS, language)) return wrong;
  const missing = Object.keys(ENGLISH).filter((key) => !Object.hasOwn(texts, key));
  return [
    ...wrong,
    ...missing.map((key) => ({ key, problem: "missing; a new language needs every text" })),
  ];
}

const ENGLISH: Readonly<Record<string, string>> = TEXTS["en"] ?? {};

function problemOf(language: string, key: string, text: string): string | null {
  if (!isTextKey(key)) return "unknown text; docs/NOTICES.md lists all of them";
  if (text.trim() === "") return "is empty";
  if (text.length > TEXT_CHARACTERS_MAX) return `is longer than ${TEXT_CHARACTERS_MAX} characters`;
  if (/[\r\n]/.test(text.trim())) return "expected a single line";
  try {
    const known = placeholdersOf(ENGLISH[key] ?? "", "en");
    const unknown = [...placeholdersOf(text, language)].filter((name) => !known.has(name));
    if (unknown.length === 0) return null;
    const names = [...known].map((name) => `{${name}}`).join(" ") || "none";
    return `unknown placeholder {${unknown.join("}, {")}}; this text has ${names}`;
  } catch (error) {
    const detail = messageOf(error);
    return `is not valid ICU MessageFormat (${detail.split("\n")[0] ?? ""})`;
  }
}

/** The shipped texts of every language, with a merchant's overrides. */
export function mergeTexts(
  overrides: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Readonly<Record<string, Texts>> {
  const languages = new Set([...Object.keys(TEXTS), ...Object.keys(overrides)]);
  const merged = [...languages].map((language) => {
    const own = overrides[language] ?? {};
    return [language, { ...TEXTS[language], ...own } as Record<TextKey, string>] as const;
  });
  return Object.fromEntries(merged);
}

/** White or black, whichever has more contrast on the colour. @source WCAG 2.2, relative luminance */
export function readableOn(color: string): "#ffffff" | "#000000" {
  const channel = (at: number): number => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
}
