import { describe, expect, test } from "vitest";
import { createMessageFormatter, placeholdersOf } from "../../platform/customer/message.ts";
import { type TextKey, TEXTS, type Texts } from "../../platform/customer/texts/index.ts";

const en = TEXTS["en"] as Texts;
const keys = Object.keys(en) as TextKey[];
const others = Object.entries(TEXTS).filter(([language]) => language !== "en");

/** The words of a text, without its placeholders. */
const wordsOf = (text: string): string => text.replaceAll(/\{[^{}]*\}/g, "").trim();

/** The plural forms of a text. */
const formsOf = (text: string): string[] =>
  text.includes(", plural,")
    ? [...text.matchAll(/(?:=0|zero|one|two|few|many|other) \{/g)].map(([found]) => found)
    : [];

describe("customer texts", () => {
  test("texts ship in ten languages", () => {
    expect(Object.keys(TEXTS).toSorted()).toEqual(
      ["ar", "de", "en", "es", "fr", "hi", "ja", "pt", "vi", "zh"].toSorted(),
    );
  });

  test.each(others)("%s has exactly the texts of English", (_, texts) => {
    expect(Object.keys(texts).toSorted()).toEqual(keys.toSorted());
    for (const key of keys) expect(texts[key].trim(), key).toBe(texts[key]);
    for (const key of keys) expect(texts[key], key).not.toBe("");
  });

  test.each(others)("%s leaves no text in English", (_, texts) => {
    for (const key of keys) {
      // A text without words is the same in every language.
      if (!/\p{L}/u.test(wordsOf(en[key]))) continue;
      expect(texts[key], key).not.toBe(en[key]);
    }
  });

  test.each(others)("%s has the placeholders of each English text", (language, texts) => {
    for (const key of keys) {
      const ours = [...placeholdersOf(texts[key], language)].toSorted();
      expect(ours, key).toEqual([...placeholdersOf(en[key], "en")].toSorted());
    }
  });

  test.each(Object.entries(TEXTS))(
    "%s has every plural form of its language",
    (language, texts) => {
      const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
      const plurals = keys.filter((key) => en[key].includes(", plural,"));
      expect(plurals).not.toEqual([]);
      for (const key of plurals) {
        const forms = formsOf(texts[key]).map((form) => form.replace(" {", ""));
        expect(forms, key).toContain("=0");
        // French, Portuguese and Spanish use `many` for millions only, and `=0` covers zero.
        const needed = pluralCategories.filter(
          (one) => one !== "zero" && !(one === "many" && language !== "ar"),
        );
        expect(forms, key).toEqual(expect.arrayContaining(needed));
      }
    },
  );

  test.each([
    ["ar", /\p{Script=Arabic}/u],
    ["hi", /\p{Script=Devanagari}/u],
    ["ja", /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u],
    ["zh", /\p{Script=Han}/u],
    ["vi", /[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđơưăâêôíìĩáàãúùũóòõéèýô]/u],
  ])("%s is written in its own script", (language, letters) => {
    const texts = TEXTS[language] as Texts;
    for (const key of keys) {
      if (!/\p{L}/u.test(wordsOf(en[key]))) continue;
      expect(texts[key], key).toMatch(letters);
    }
  });

  test.each(Object.entries(TEXTS))("%s uses typographic punctuation", (_, texts) => {
    for (const key of keys) {
      // A straight apostrophe would quote a placeholder that follows it.
      expect(texts[key], key).not.toMatch(/['"`]| {2}|\.{3}| [,.،。]/);
    }
  });

  test("French has a no-break space before a colon, and a narrow one before ; ! and ?", () => {
    const texts = TEXTS["fr"] as Texts;
    for (const key of keys) expect(texts[key], key).not.toMatch(/[^\u00a0]:|[^\u202f][;!?]/);
  });

  test.each(Object.entries(TEXTS))("%s has short subjects and buttons", (language, texts) => {
    const formatMessage = createMessageFormatter(texts, language);
    const values = { amount: "$29.00", days: 3 };
    const subjects = keys.filter((key) => key.endsWith(".subject"));
    const buttons = keys.filter((key) => key.startsWith("button."));
    expect(subjects.filter((key) => formatMessage(key, values).length > 80)).toEqual([]);
    expect(buttons.filter((key) => texts[key].length > 40)).toEqual([]);
  });

  test("a placeholder without a value throws and is named", () => {
    expect(() => createMessageFormatter(en, "en")("reminder.subject")).toThrow("amount");
  });

  test("Arabic has different forms for zero, one, two, few and many days", () => {
    const formatMessage = createMessageFormatter(TEXTS["ar"] as Texts, "ar");
    const subjects = [0, 1, 2, 3, 11].map((days) =>
      formatMessage("last_chance.subject", { days, amount: "" }),
    );
    expect(new Set(subjects).size).toBe(5);
    expect(subjects[2]).toContain("يومان");
  });
});
