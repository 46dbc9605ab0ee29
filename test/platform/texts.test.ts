import { describe, expect, test } from "vitest";
import { createSay, placeholdersOf } from "../../platform/customer/message.ts";
import { type TextKey, TEXTS, type Texts } from "../../platform/customer/texts/index.ts";

const en = TEXTS["en"] as Texts;
const keys = Object.keys(en) as TextKey[];
const others = Object.entries(TEXTS).filter(([language]) => language !== "en");

/** The words of a text, without its placeholders. */
const wordsOf = (text: string): string => text.replaceAll(/\{[^{}]*\}/g, "").trim();

/** A text's parts for people: of a plural, each form. */
const formsOf = (text: string): string[] =>
  text.includes(", plural,")
    ? [...text.matchAll(/(?:=0|zero|one|two|few|many|other) \{/g)].map(([found]) => found)
    : [];

describe("the languages", () => {
  test("are the ten that ship", () => {
    expect(Object.keys(TEXTS).toSorted()).toEqual(
      ["ar", "de", "en", "es", "fr", "hi", "ja", "pt", "vi", "zh"].toSorted(),
    );
  });

  test.each(others)("%s lacks no text, and has none of its own", (_, texts) => {
    expect(Object.keys(texts).toSorted()).toEqual(keys.toSorted());
    for (const key of keys) expect(texts[key].trim(), key).toBe(texts[key]);
    for (const key of keys) expect(texts[key], key).not.toBe("");
  });

  test.each(others)("%s repeats no English text", (_, texts) => {
    for (const key of keys) {
      // What has no words is the same everywhere.
      if (!/\p{L}/u.test(wordsOf(en[key]))) continue;
      expect(texts[key], key).not.toBe(en[key]);
    }
  });

  test.each(others)("%s has the placeholders of the English text", (language, texts) => {
    for (const key of keys) {
      const ours = [...placeholdersOf(texts[key], language)].toSorted();
      expect(ours, key).toEqual([...placeholdersOf(en[key], "en")].toSorted());
    }
  });

  test.each(Object.entries(TEXTS))(
    "%s counts as its plural rules do, with every form they know",
    (language, texts) => {
      const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
      const plurals = keys.filter((key) => en[key].includes(", plural,"));
      expect(plurals).not.toEqual([]);
      for (const key of plurals) {
        const forms = formsOf(texts[key]).map((form) => form.replace(" {", ""));
        expect(forms, key).toContain("=0");
        // French, Portuguese and Spanish say `many` of millions, and zero days are said in words.
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
  ])("%s is written in its own letters", (language, letters) => {
    const texts = TEXTS[language] as Texts;
    for (const key of keys) {
      if (!/\p{L}/u.test(wordsOf(en[key]))) continue;
      expect(texts[key], key).toMatch(letters);
    }
  });

  test.each(Object.entries(TEXTS))("%s has no mark that its print does not use", (_, texts) => {
    for (const key of keys) {
      // A straight apostrophe would quote a placeholder that follows it.
      expect(texts[key], key).not.toMatch(/['"`]| {2}|\.{3}| [,.،。]/);
    }
  });

  test("French sets a no-break space before a colon, and a narrow one before ; ! and ?", () => {
    const texts = TEXTS["fr"] as Texts;
    for (const key of keys) expect(texts[key], key).not.toMatch(/[^\u00a0]:|[^\u202f][;!?]/);
  });

  test.each(Object.entries(TEXTS))(
    "%s fits: a subject is one line, a button is narrower than a phone",
    (language, texts) => {
      const say = createSay(texts, language);
      const values = { amount: "$29.00", days: 3 };
      const subjects = keys.filter((key) => key.endsWith(".subject"));
      const buttons = keys.filter((key) => key.startsWith("button."));
      expect(subjects.filter((key) => say(key, values).length > 80)).toEqual([]);
      expect(buttons.filter((key) => texts[key].length > 40)).toEqual([]);
    },
  );

  test("a placeholder without a value is a bug, and said so", () => {
    expect(() => createSay(en, "en")("reminder.subject")).toThrow("amount");
  });

  test("Arabic counts two days by their own word, and few by another than many", () => {
    const say = createSay(TEXTS["ar"] as Texts, "ar");
    const subjects = [0, 1, 2, 3, 11].map((days) =>
      say("last_chance.subject", { days, amount: "" }),
    );
    expect(new Set(subjects).size).toBe(5);
    expect(subjects[2]).toContain("يومان");
  });
});
