import type { Instant } from "../../domain/values/time.ts";
import { memoize } from "../memoize.ts";
import type { Brand } from "./brand.ts";
import { createMessageFormatter, type FormatMessage } from "./message.ts";
import { TEXTS } from "./texts/index.ts";

/** The reader of a mail or a page: language, locale and time zone. */
export type Recipient = {
  /** A key of the brand's texts. */
  readonly language: string;
  /** The language with the billing country: `fr-CH`. */
  readonly locale: string;
  readonly direction: "ltr" | "rtl";
  readonly timeZone: string;
  readonly formatMessage: FormatMessage;
};

/** What is known about a customer. */
export type RecipientHints = {
  /** Tags from the merchant's metadata or a browser, in order of preference; the first available language wins. */
  readonly languages: readonly (string | null)[];
  readonly country: string | null;
  readonly timeZone: string | null;
};

export function recipientOf(hints: RecipientHints, brand: Brand, now: Instant): Recipient {
  const country = countryOf(hints.country);
  const matches = hints.languages.map((tag) => matchLanguage(tag, brand.texts));
  const language =
    matches.find((one) => one !== null) ?? languageOfCountry(country, brand) ?? brand.language;
  const { locale, direction } = localeIn(language, country);
  const texts = brand.texts[language] ?? TEXTS["en"];
  if (texts === undefined) throw new Error("there are no English texts");
  return {
    language,
    locale,
    direction,
    timeZone: timeZoneOf(hints.timeZone) ?? timeZoneOfCountry(country, now) ?? "UTC",
    formatMessage: createMessageFormatter(texts, locale),
  };
}

// Memoized below, because creating an Intl object takes longer than laying a mail out.
const locales = memoize<Pick<Recipient, "locale" | "direction">>();
const likelyLocales = memoize<{ readonly hasRegion: boolean; readonly full: Intl.Locale }>();
const zones = memoize<readonly string[]>();
const zoneNames = memoize<string | null>();
const offsets = memoize<Intl.DateTimeFormat>();

function localeIn(
  language: string,
  country: string | null,
): Pick<Recipient, "locale" | "direction"> {
  return locales(`${language} ${country ?? ""}`, () => {
    const locale = new Intl.Locale(language, country === null ? {} : { region: country });
    const isRtl = RTL_SCRIPTS.has(locale.maximize().script ?? "");
    return { locale: locale.toString(), direction: isRtl ? "rtl" : "ltr" };
  });
}

const RTL_SCRIPTS = new Set(["Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"]);

/**
 * The available language that a tag matches. The script must match too, so that a reader of traditional characters
 * does not get simplified ones.
 */
export function matchLanguage(
  tag: string | null,
  known: Readonly<Record<string, unknown>>,
): string | null {
  if (tag === null) return null;
  const wanted = localeOf(tag);
  if (wanted === null) return null;
  const exact = Object.keys(known).find(
    (one) => one.toLowerCase() === wanted.baseName.toLowerCase(),
  );
  if (exact !== undefined) return exact;
  const { language, script } = wanted.maximize();
  const close = Object.keys(known).find((one) => {
    const { hasRegion, full } = likelyLocales(one, () => {
      const ours = new Intl.Locale(one);
      return { hasRegion: ours.region !== undefined, full: ours.maximize() };
    });
    return !hasRegion && full.language === language && full.script === script;
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

/** The time zone of a country that has the same time everywhere; otherwise null. @source CLDR */
function timeZoneOfCountry(country: string | null, now: Instant): string | null {
  if (country === null) return null;
  const [first, ...others] = zones(country, () =>
    zonesOf(new Intl.Locale("und", { region: country })),
  );
  if (first === undefined) return null;
  const agree = others.every((zone) => offsetOf(zone, now) === offsetOf(first, now));
  return agree ? first : null;
}

/** Node 20 has the property `timeZones`, later versions the method `getTimeZones`. */
function zonesOf(locale: Intl.Locale): readonly string[] {
  const { getTimeZones, timeZones } = locale as {
    getTimeZones?: () => string[] | undefined;
    timeZones?: string[] | undefined;
  };
  return (getTimeZones === undefined ? timeZones : getTimeZones.call(locale)) ?? [];
}

function offsetOf(timeZone: string, now: Instant): string {
  const make = (): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const format = offsets(timeZone, make);
  return format.formatToParts(now).find(({ type }) => type === "timeZoneName")?.value ?? "";
}

function timeZoneOf(name: string | null): string | null {
  if (name === null) return null;
  return zoneNames(name, () => {
    try {
      return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
    } catch {
      return null;
    }
  });
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
