import { describe, expect, test } from "vitest";
import { currencyExponent, money } from "../../domain/values/money.ts";
import { parseInstant } from "../../domain/values/time.ts";
import { type Brand, PLAIN_BRAND, readableOn, mergeTexts } from "../../platform/customer/brand.ts";
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

describe("the customer's language", () => {
  test("is what the metadata names, before the billing country, before the default", () => {
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
  ])("in %s is %s", (country, language) => {
    expect(reader({ country }).language).toBe(language);
  });

  test("of a country can be set by the merchant", () => {
    expect(reader({ country: "IN" }, { languageOfCountry: { IN: "en" } }).language).toBe("en");
  });

  test.each([
    ["pt-PT", "pt"],
    ["FR_ca", "fr"],
    [" es ", "es"],
    ["zh-Hans-SG", "zh"],
    // Readers of traditional characters are not written to in simplified ones.
    ["zh-TW", "en"],
    ["klingon", "en"],
    ["-", "en"],
    ["toString", "en"],
    ["__proto__", "en"],
  ])("named %s is written in %s", (tag, language) => {
    expect(reader({ languages: [tag] }).language).toBe(language);
  });

  test("that says nothing falls to the next wish", () => {
    expect(reader({ languages: ["xx", null, "de"], country: "FR" }).language).toBe("de");
  });

  test("can be one that a merchant brought", () => {
    const nl = TEXTS["en"] as Record<string, string>;
    const texts = mergeTexts({ nl, "zh-Hant": nl });
    expect(reader({ country: "NL" }, { texts }).language).toBe("nl");
    expect(reader({ country: "TW" }, { texts }).language).toBe("zh-Hant");
  });

  test("is written from the right where its script is", () => {
    expect(reader({ languages: ["ar"] }).direction).toBe("rtl");
    expect(reader({ languages: ["hi"] }).direction).toBe("ltr");
  });
});

describe("the customer's time", () => {
  test("is their own where it is known, and else UTC, by name", () => {
    expect(formatMoment(OCTOBER, reader({ country: "FR" }))).toBe(
      "vendredi 9 octobre à 01:30 UTC+2",
    );
    expect(formatMoment(OCTOBER, reader({ country: "US" }))).toContain("11:30 PM UTC");
    expect(formatDay(OCTOBER, reader({ country: "JP" }))).toBe("10月9日");
    const named = reader({ country: "US", timeZone: "America/Denver" });
    expect(formatMoment(OCTOBER, named)).toBe("Thursday, October 8 at 5:30 PM MDT");
  });

  test("of a month's first day is its rank in French, and only there", () => {
    const day = (date: number): number => Date.UTC(2026, 9, date, 12);
    expect(formatDay(day(1), reader({ country: "FR" }))).toBe("1er octobre");
    expect(formatMoment(day(1), reader({ country: "FR" }))).toContain("jeudi 1er octobre");
    expect(formatDay(day(21), reader({ country: "FR" }))).toBe("21 octobre");
    expect(formatDay(day(1), reader({ country: "DE" }))).toBe("1. Oktober");
  });

  test("of a country of several zones is known while they agree", () => {
    expect(reader({ country: "DE" }).timeZone).toBe("Europe/Berlin");
    expect(reader({ country: "BR" }).timeZone).toBe("UTC");
  });

  test("that is none is passed over", () => {
    expect(reader({ timeZone: "Mars/Olympus", country: "JP" }).timeZone).toBe("Asia/Tokyo");
  });

  test("counts days by the calendar on their wall", () => {
    const later = parseInstant("2026-10-11T13:10:00Z") ?? 0;
    expect(daysBetween(OCTOBER, later, reader({ country: "GB" }))).toBe(2);
    expect(daysBetween(OCTOBER, OCTOBER, reader({}))).toBe(0);
    expect(daysBetween(later, OCTOBER, reader({}))).toBe(0);
  });
});

describe("money", () => {
  test.each([
    ["USD", 2_900, "$29.00"],
    ["JPY", 2_900, "¥2,900"],
    ["KWD", 12_345, "KWD 12.345"],
    ["VND", 690_000, "₫690,000"],
    // Three digits by ISO 4217, though Intl leaves them out.
    ["IQD", 12_345, "IQD 12.345"],
    ["HUF", 290_050, "HUF 2,900.50"],
    ["CLF", 10_001, "CLF 1.0001"],
  ])("%s %i is %s", (currency, amountMinor, text) => {
    const said = formatMoney(money(amountMinor, currency), reader({ country: "US" }));
    expect(said.replaceAll("\u00a0", " ")).toBe(text);
  });

  test("is never rounded, in any currency and language", () => {
    for (const currency of Intl.supportedValuesOf("currency"))
      for (const language of Object.keys(TEXTS)) {
        const said = formatMoney(money(1_234_567, currency), reader({ languages: [language] }));
        const digits = said.replaceAll(/[^\p{Nd}]/gu, "");
        expect(digits.length, `${currency} ${said}`).toBe(7);
        expect(currencyExponent(currency)).toBeLessThanOrEqual(4);
      }
  });

  test("keeps a foreign currency's letters and its sign together among Arabic letters", () => {
    const arabic = reader({ languages: ["ar"] });
    expect(formatMoney(money(2_900, "USD"), arabic)).toMatch(/29\.00\u00a0US\$\u200e$/);
    expect(formatMoney(money(2_900, "EUR"), arabic)).toMatch(/29\.00\u00a0€$/);
  });

  test("of no currency at all is written as far as it can be", () => {
    expect(formatMoney(money(2_900, "<b>"), reader({}))).toBe("29.00");
    expect(formatMoney(money(2_900, ""), reader({}))).toBe("29.00");
  });
});

describe("words on the brand's colour", () => {
  test("can be read: 4.5 to 1 at least, on each of 4096 colours", () => {
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
