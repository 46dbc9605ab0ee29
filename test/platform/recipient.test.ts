import { describe, expect, test } from "vitest";
import { currencyExponent, money } from "../../domain/values/money.ts";
import { parseInstant } from "../../domain/values/time.ts";
import { type Brand, mergeTexts, PLAIN_BRAND, readableOn } from "../../platform/customer/brand.ts";
import {
  daysBetween,
  formatDay,
  formatMoment,
  formatMoney,
} from "../../platform/customer/format.ts";
import {
  type Recipient,
  type RecipientHints,
  recipientOf,
} from "../../platform/customer/recipient.ts";
import { TEXTS } from "../../platform/customer/texts/index.ts";

const OCTOBER = parseInstant("2026-10-08T23:30:00Z") ?? 0;
const NOTHING: RecipientHints = { languages: [], country: null, timeZone: null };

function reader(hints: Partial<RecipientHints>, brand: Partial<Brand> = {}): Recipient {
  return recipientOf({ ...NOTHING, ...hints }, { ...PLAIN_BRAND, ...brand }, OCTOBER);
}

describe("language of a recipient", () => {
  test("the language comes from the metadata, then the billing country, then the default", () => {
    expect(reader({ languages: ["ja"], country: "FR" }).language).toBe("ja");
    expect(reader({ country: "FR" }).language).toBe("fr");
    expect(reader({}).language).toBe("en");
    expect(reader({}, { language: "de" }).language).toBe("de");
  });

  test.each([
    ["AT", "de"],
    ["BR", "pt"],
    ["CN", "zh"],
    ["EG", "ar"],
    ["IN", "hi"],
    ["MX", "es"],
    ["US", "en"],
    ["VN", "vi"],
    ["SE", "en"],
    ["??", "en"],
    ["", "en"],
    ["ZZ", "en"],
  ])("a customer in %s gets %s", (country, language) => {
    expect(reader({ country }).language).toBe(language);
  });

  test("a merchant can set the language of a country", () => {
    expect(reader({ country: "IN" }, { languageOfCountry: { IN: "en" } }).language).toBe("en");
  });

  test.each([
    ["pt-PT", "pt"],
    ["FR_ca", "fr"],
    [" es ", "es"],
    ["zh-Hans-SG", "zh"],
    // Simplified characters do not serve a reader of traditional ones.
    ["zh-TW", "en"],
    ["klingon", "en"],
    ["-", "en"],
    ["toString", "en"],
    ["__proto__", "en"],
  ])("the language tag %s selects %s", (tag, language) => {
    expect(reader({ languages: [tag] }).language).toBe(language);
  });

  test("an unknown language tag falls back to the next one", () => {
    expect(reader({ languages: ["xx", null, "de"], country: "FR" }).language).toBe("de");
  });

  test("a customer can get a language that the merchant added", () => {
    const nl = TEXTS["en"] as Record<string, string>;
    const texts = mergeTexts({ nl, "zh-Hant": nl });
    expect(reader({ country: "NL" }, { texts }).language).toBe("nl");
    expect(reader({ country: "TW" }, { texts }).language).toBe("zh-Hant");
  });

  test("the direction follows the script of the language", () => {
    expect(reader({ languages: ["ar"] }).direction).toBe("rtl");
    expect(reader({ languages: ["hi"] }).direction).toBe("ltr");
  });
});

describe("dates and times of a recipient", () => {
  test("times are in the customer's time zone where it is known, else in UTC, with the zone named", () => {
    expect(formatMoment(OCTOBER, reader({ country: "FR" }))).toBe(
      "vendredi 9 octobre à 01:30 UTC+2",
    );
    expect(formatMoment(OCTOBER, reader({ country: "US" }))).toContain("11:30 PM UTC");
    expect(formatDay(OCTOBER, reader({ country: "JP" }))).toBe("10月9日");
    const named = reader({ country: "US", timeZone: "America/Denver" });
    expect(formatMoment(OCTOBER, named)).toBe("Thursday, October 8 at 5:30 PM MDT");
  });

  test("only French writes the first day of a month as an ordinal", () => {
    const day = (date: number): number => Date.UTC(2026, 9, date, 12);
    expect(formatDay(day(1), reader({ country: "FR" }))).toBe("1er octobre");
    expect(formatMoment(day(1), reader({ country: "FR" }))).toContain("jeudi 1er octobre");
    expect(formatDay(day(21), reader({ country: "FR" }))).toBe("21 octobre");
    expect(formatDay(day(1), reader({ country: "DE" }))).toBe("1. Oktober");
  });

  test("a country with several time zones has one only where they agree", () => {
    expect(reader({ country: "DE" }).timeZone).toBe("Europe/Berlin");
    expect(reader({ country: "BR" }).timeZone).toBe("UTC");
  });

  test("an invalid time zone is ignored", () => {
    expect(reader({ timeZone: "Mars/Olympus", country: "JP" }).timeZone).toBe("Asia/Tokyo");
  });

  test("days are counted in the customer's calendar", () => {
    const later = parseInstant("2026-10-11T13:10:00Z") ?? 0;
    expect(daysBetween(OCTOBER, later, reader({ country: "GB" }))).toBe(2);
    expect(daysBetween(OCTOBER, OCTOBER, reader({}))).toBe(0);
    expect(daysBetween(later, OCTOBER, reader({}))).toBe(0);
  });
});

describe("money for a recipient", () => {
  test.each([
    ["USD", 2_900, "$29.00"],
    ["JPY", 2_900, "¥2,900"],
    ["KWD", 12_345, "KWD 12.345"],
    ["VND", 690_000, "₫690,000"],
    // Three digits in ISO 4217, which Intl leaves out.
    ["IQD", 12_345, "IQD 12.345"],
    ["HUF", 290_050, "HUF 2,900.50"],
    ["CLF", 10_001, "CLF 1.0001"],
  ])("%s %i is formatted as %s", (currency, amountMinor, text) => {
    const formatted = formatMoney(money(amountMinor, currency), reader({ country: "US" }));
    expect(formatted.replaceAll("\u00a0", " ")).toBe(text);
  });

  test("no amount is rounded, in any currency or language", () => {
    for (const currency of Intl.supportedValuesOf("currency"))
      for (const language of Object.keys(TEXTS)) {
        const formatted = formatMoney(
          money(1_234_567, currency),
          reader({ languages: [language] }),
        );
        const digits = formatted.replaceAll(/[^\p{Nd}]/gu, "");
        expect(digits.length, `${currency} ${formatted}`).toBe(7);
        expect(currencyExponent(currency)).toBeLessThanOrEqual(4);
      }
  });

  test("in Arabic, a currency's letters and sign stay together", () => {
    const arabic = reader({ languages: ["ar"] });
    expect(formatMoney(money(2_900, "USD"), arabic)).toMatch(/29\.00\u00a0US\$\u200e$/);
    expect(formatMoney(money(2_900, "EUR"), arabic)).toMatch(/29\.00\u00a0€$/);
  });

  test("an amount without a valid currency code is formatted as a number", () => {
    expect(formatMoney(money(2_900, "<b>"), reader({}))).toBe("29.00");
    expect(formatMoney(money(2_900, ""), reader({}))).toBe("29.00");
  });
});

describe("text on the brand's colour", () => {
  test("text has a contrast of at least 4.5 to 1 on each of 4096 colours", () => {
    const light = (hex: string): number => {
      const [r, g, b] = [1, 3, 5].map((at) => {
        const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      }) as [number, number, number];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (let at = 0; at < 4_096; at += 1) {
      const color = `#${at.toString(16).padStart(3, "0").replaceAll(/./g, "$&$&")}`;
      const [high, low] = [light(color), light(readableOn(color))].toSorted((a, b) => b - a);
      expect(((high ?? 0) + 0.05) / ((low ?? 0) + 0.05), color).toBeGreaterThanOrEqual(4.5);
    }
  });
});
