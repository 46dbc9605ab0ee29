import type { Instant } from "../../domain/values/time.ts";
import type { Brand } from "./brand.ts";
import { createSay, type Say } from "./message.ts";
import { TEXTS } from "./texts/index.ts";

/** Who reads: in which language, by whose habits, at which hours. */
export type Recipient = {
  /** A key of the brand's texts. */
  readonly language: string;
  /** The language as it is written where the customer is billed: `fr-CH`. */
  readonly locale: string;
  readonly direction: "ltr" | "rtl";
  readonly timeZone: string;
  readonly say: Say;
};

/** What is known of a customer, most telling first. */
export type RecipientHints = {
  /** Wishes of the merchant (metadata) or of a browser; the first that names a language we have is taken. */
  readonly languages: readonly (string | null)[];
  readonly country: string | null;
  readonly timeZone: string | null;
};

export function recipientOf(hints: RecipientHints, brand: Brand, now: Instant): Recipient {
  const country = countryOf(hints.country);
  const wished = hints.languages.map((tag) => matchLanguage(tag, brand.texts));
  const language =
    wished.find((one) => one !== null) ?? languageOfCountry(country, brand) ?? brand.language;
  const locale = new Intl.Locale(language, country === null ? {} : { region: country });
  const texts = brand.texts[language] ?? TEXTS["en"];
  if (texts === undefined) throw new Error("no texts at all");
  return {
    language,
    locale: locale.toString(),
    direction: RTL_SCRIPTS.has(locale.maximize().script ?? "") ? "rtl" : "ltr",
    timeZone: timeZoneOf(hints.timeZone) ?? timeZoneOfCountry(country, now) ?? "UTC",
    say: createSay(texts, locale.toString()),
  };
}

const RTL_SCRIPTS = new Set(["Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"]);

/**
 * The language of ours that a tag asks for. The script must agree: readers of traditional characters are not
 * written to in simplified ones.
 */
export function matchLanguage(
  tag: string | null,
  known: Readonly<Record<string, unknown>>,
): string | null {
  if (tag === null) return null;
  const asked = localeOf(tag);
  if (asked === null) return null;
  const exact = Object.keys(known).find(
    (one) => one.toLowerCase() === asked.baseName.toLowerCase(),
  );
  if (exact !== undefined) return exact;
  const { language, script } = asked.maximize();
  const close = Object.keys(known).find((one) => {
    const ours = new Intl.Locale(one);
    const full = ours.maximize();
    return ours.region === undefined && full.language === language && full.script === script;
  });
  return close ?? null;
}

/** The most likely language of a country. @source CLDR, likely subtags */
function languageOfCountry(country: string | null, brand: Brand): string | null {
  if (country === null) return null;
  const set = brand.languageOfCountry[country];
  if (set !== undefined) return set;
  const likely = new Intl.Locale("und", { region: country }).maximize();
  return matchLanguage(likely.baseName, brand.texts);
}

/** The zone of a country, where all of the country keeps the same time. @source CLDR */
function timeZoneOfCountry(country: string | null, now: Instant): string | null {
  if (country === null) return null;
  const zones = zonesOf(new Intl.Locale("und", { region: country }));
  const [first] = zones;
  if (first === undefined) return null;
  const agree = zones.every((zone) => offsetOf(zone, now) === offsetOf(first, now));
  return agree ? first : null;
}

/** Node 20 has it as a property, later ones as a method. */
function zonesOf(locale: Intl.Locale): readonly string[] {
  const { getTimeZones, timeZones } = locale as {
    getTimeZones?: () => string[] | undefined;
    timeZones?: string[] | undefined;
  };
  return (getTimeZones === undefined ? timeZones : getTimeZones.call(locale)) ?? [];
}

function offsetOf(timeZone: string, now: Instant): string {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  return format.formatToParts(now).find(({ type }) => type === "timeZoneName")?.value ?? "";
}

function timeZoneOf(name: string | null): string | null {
  if (name === null) return null;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

function countryOf(code: string | null): string | null {
  const text = (code ?? "").trim().toUpperCase();
  return /^[A-Z]{2}$/.test(text) ? text : null;
}

function localeOf(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag.trim().replaceAll("_", "-"));
  } catch {
    return null;
  }
}
