import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readBrandConfig } from "../../config/brand.ts";
import { ConfigError } from "../../config/reader.ts";
import { type Brand, brandOf, PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { TEXTS } from "../../platform/customer/texts/index.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000", "hex");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reprise-brand-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries({ "brand.yaml": "", ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function read(files: Readonly<Record<string, string | Buffer>>): Brand {
  write(files);
  return readBrandConfig({ BRAND_DIR: folder });
}

function problems(files: Readonly<Record<string, string | Buffer>>): readonly string[] {
  try {
    read(files);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const NEW_LANGUAGE = Object.entries(TEXTS["en"] ?? {})
  .map(([key, text]) => `${key}: ${JSON.stringify(text)}`)
  .join("\n");

describe("the merchant's brand", () => {
  test("the default brand applies without BRAND_DIR and with an empty brand.yaml", () => {
    expect(readBrandConfig({})).toEqual(PLAIN_BRAND);
    expect(read({})).toEqual(PLAIN_BRAND);
  });

  test("a brand has the values of brand.yaml", () => {
    const brand = read({
      "brand.yaml": `
name: Lumen Press
color: "#7A2E8E"
logo: logo.png
sender_name: Lumen Press Billing
reply_to: help@lumen.example
bcc: support@lumen.example
address: [12 Quay Street, Dublin 1]
support: help@lumen.example
language: fr
language_of_country: { IN: en }
`,
      "logo.png": PNG,
    });
    expect(brand).toEqual({
      name: "Lumen Press",
      color: "#7A2E8E",
      logo: { content: PNG, contentType: "image/png" },
      senderName: "Lumen Press Billing",
      replyTo: "help@lumen.example",
      bcc: "support@lumen.example",
      address: ["12 Quay Street", "Dublin 1"],
      supportUrl: "mailto:help@lumen.example",
      language: "fr",
      languageOfCountry: { IN: "en" },
      texts: TEXTS,
      from: null,
      others: {},
    });
  });

  test("a folder named after a brand's id at Dodo holds another brand; all others have the common one", () => {
    const brand = read({
      "brand.yaml": "name: Lumen Press",
      "bus_kids/brand.yaml":
        "name: Lumen Kids\nfrom: Lumen Kids <pay@kids.example>\nlogo: logo.png",
      "bus_kids/logo.png": PNG,
      "bus_kids/texts/en.yaml": "button.pay: Pay now",
    });
    expect(brandOf(brand, "bus_kids")).toMatchObject({
      name: "Lumen Kids",
      from: "Lumen Kids <pay@kids.example>",
      logo: { contentType: "image/png" },
      texts: { en: { "button.pay": "Pay now" } },
    });
    for (const id of ["bus_other", "texts", "constructor", null])
      expect(brandOf(brand, id).name).toBe("Lumen Press");
    expect(brand.texts["en"]).toEqual(TEXTS["en"]);
  });

  test("a brand overrides single texts and adds languages", () => {
    const { texts } = read({
      "texts/fr.yaml": "button.pay: Régler\npayment_failed.subject: 'Oups : {amount}'",
      "texts/nl.yaml": NEW_LANGUAGE,
      "brand.yaml": "language: nl",
    });
    expect(texts["fr"]).toEqual({
      ...TEXTS["fr"],
      "button.pay": "Régler",
      "payment_failed.subject": "Oups : {amount}",
    });
    expect(texts["nl"]).toEqual(TEXTS["en"]);
    expect(texts["de"]).toEqual(TEXTS["de"]);
  });
});

describe("problems of a brand", () => {
  test.each<[string, Readonly<Record<string, string | Buffer>>, RegExp[]]>([
    [
      "a misspelt key",
      { "brand.yaml": "nmae: Lumen" },
      [/brand\.yaml: nmae: unknown key; the nearest known one is name/],
    ],
    [
      "another brand without a brand.yaml",
      { "bus_kids/logo.png": PNG },
      [/^BRAND_DIR: bus_kids\/brand\.yaml: cannot be read/],
    ],
    [
      "another brand's folder that is no id",
      { "Lumen Kids/brand.yaml": "" },
      [/^BRAND_DIR: Lumen Kids\/: expected a folder named after a brand's id/],
    ],
    [
      "two senders",
      { "brand.yaml": "from: a@b.example, c@d.example" },
      [/brand\.yaml: from: expected an email address/],
    ],
    ["a colour by name", { "brand.yaml": "color: red" }, [/brand\.yaml: color: expected a colour/]],
    ["malformed YAML", { "brand.yaml": "name: [" }, [/brand\.yaml: /]],
    ["a list instead of keys", { "brand.yaml": "- name" }, [/brand\.yaml: /]],
    [
      "a malformed reply_to",
      { "brand.yaml": "reply_to: help" },
      [/brand\.yaml: reply_to: expected an email address/],
    ],
    [
      "several addresses in bcc",
      { "brand.yaml": "bcc: a@b.example, c@d.example" },
      [/brand\.yaml: bcc: expected an email address/],
    ],
    [
      "a mail header in sender_name",
      { "brand.yaml": 'sender_name: "Lumen\\nBcc: all"' },
      [/brand\.yaml: sender_name: /],
    ],
    [
      "a javascript: support address",
      { "brand.yaml": "support: javascript:alert(1)" },
      [/brand\.yaml: support: expected/],
    ],
    [
      "an http support address",
      { "brand.yaml": "support: http://lumen.example" },
      [/brand\.yaml: support: expected/],
    ],
    ["a missing logo", { "brand.yaml": "logo: logo.png" }, [/logo: cannot read logo\.png/]],
    [
      "a logo in another format",
      { "brand.yaml": "logo: logo.svg", "logo.svg": "<svg/>" },
      [/brand\.yaml: logo: logo\.svg is not a PNG, JPEG or GIF/],
    ],
    [
      "a logo that is too large",
      { "brand.yaml": "logo: logo.png", "logo.png": Buffer.concat([PNG, Buffer.alloc(100_000)]) },
      [/brand\.yaml: logo: logo\.png is larger than 100 kB/],
    ],
    [
      "an unknown language",
      { "brand.yaml": "language: nl" },
      [/language: unknown language; available are ar, de,/],
    ],
    [
      "an unknown language for a country",
      { "brand.yaml": "language_of_country: { NL: nl }" },
      [/language_of_country: NL: unknown language/],
    ],
    ["a country by name", { "brand.yaml": "language_of_country: { India: en }" }, [/India/]],
    [
      "an unknown text key",
      { "texts/fr.yaml": "hello: Bonjour" },
      [/texts\/fr\.yaml: hello: unknown text/],
    ],
    [
      "an unknown placeholder",
      { "texts/fr.yaml": "payment_failed.subject: Paiement de {amout}" },
      [
        /texts\/fr\.yaml: payment_failed\.subject: unknown placeholder \{amout\}; this text has \{amount\}/,
      ],
    ],
    [
      "an unclosed brace",
      { "texts/fr.yaml": "payment_failed.subject: 'Paiement de {amount'" },
      [/texts\/fr\.yaml: payment_failed\.subject: is not valid ICU MessageFormat/],
    ],
    [
      "a number instead of a text",
      { "texts/fr.yaml": "button.pay: 5" },
      [/texts\/fr\.yaml: button\.pay: expected text/],
    ],
    ["an empty text", { "texts/fr.yaml": "button.pay: ''" }, [/button\.pay: is empty/]],
    [
      "a text of two lines",
      { "texts/fr.yaml": 'button.pay: "Pay\\nnow"' },
      [/button\.pay: expected a single line/],
    ],
    [
      "a file name without a language tag",
      { "texts/french.yml": "" },
      [/texts\/french\.yml: expected a file name such as fr\.yaml/],
    ],
    [
      "an incomplete new language",
      { "texts/nl.yaml": NEW_LANGUAGE.replace(/^button\.pay: .*\n/m, "") },
      [/texts\/nl\.yaml: button\.pay: missing; a new language needs every text/],
    ],
  ])("%s is reported with its file and key", (_, files, expected) => {
    const found = problems(files);
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) {
      expect(found[index]).toMatch(/^BRAND_DIR: /);
      expect(found[index]).toMatch(pattern);
    }
  });

  test("a missing folder and a folder without brand.yaml are reported", () => {
    const read = (BRAND_DIR: string): unknown => readBrandConfig({ BRAND_DIR });
    expect(() => read(join(folder, "nowhere"))).toThrow("BRAND_DIR: there is no folder");
    expect(() => read(folder)).toThrow("BRAND_DIR: brand.yaml: cannot be read");
  });

  test("a file's first ten problems are reported, with the number of the others", () => {
    const found = problems({ "texts/nl.yaml": "button.pay: Betalen" });
    expect(found).toHaveLength(11);
    expect(found.at(-1)).toMatch(/texts\/nl\.yaml: and \d+ more/);
  });
});

describe("the merchant's name where the brand has none", () => {
  test.each([
    ["Lumen Press <billing@lumen.example>", "Lumen Press"],
    ["billing@lumen.example", "lumen.example"],
    [undefined, null],
  ])("with EMAIL_FROM %j is the sender's: %j", (from, name) => {
    const env = from === undefined ? {} : { EMAIL_FROM: from };
    expect(readBrandConfig(env).name).toBe(name);
  });
});
