import { HtmlValidate } from "html-validate";
import { describe, expect, test } from "vitest";
import { money } from "../../domain/values/money.ts";
import { type Brand, PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { TEXTS } from "../../platform/customer/texts/index.ts";
import { acceptedLanguages } from "../../server/customer/browser-recipient.ts";
import { getPage, type StubAnswers, stubbedGateway } from "./stubbed-gateway.ts";

describe("language of the pay page", () => {
  test.each([
    ["?lang=ja", "de", "ja"],
    ["", "de-AT,fr;q=0.9", "de"],
    ["", "nl;q=0.9, pt-BR;q=0.8, *;q=0.1", "pt"],
    ["?lang=nope", "hi", "hi"],
    ["?lang=zh-TW", "", "en"],
    ["?lang=fr&lang=de", "", "en"],
    ["", "x".repeat(5_000), "en"],
  ])(
    "a page with the query %j and Accept-Language %j is in %s",
    async (query, accepted, language) => {
      const { app } = stubbedGateway();
      const { body, headers } = await getPage(app, query, { "accept-language": accepted });
      expect(body).toContain(`<html lang="${language}"`);
      expect(headers["content-language"]).toBe(language);
      expect(body).toContain(TEXTS[language]?.["page.owed.button"]);
    },
  );

  test("Accept-Language is sorted by its weights", () => {
    expect(acceptedLanguages("fr;q=0.2, en-GB, de;q=0.7, *;q=0.1, es;q=0, ;")).toEqual([
      "en-GB",
      "de",
      "fr",
    ]);
    expect(acceptedLanguages(undefined)).toEqual([]);
    expect(acceptedLanguages("fr;q=x")).toEqual([]);
  });
});

const EVERY_PAGE: readonly [string, StubAnswers, string][] = [
  ["owed", {}, ""],
  ["declined", {}, "?payment_id=pay_2&status=failed"],
  ["being processed", {}, "?payment_id=pay_2"],
  [
    "to confirm on the payment's own page",
    { view: { kind: "needs_confirmation", total: money(2_900, "USD"), hasPage: true } },
    "",
  ],
  [
    "to confirm with the bank",
    { view: { kind: "needs_confirmation", total: money(2_900, "USD"), hasPage: false } },
    "",
  ],
  ["paid", { view: { kind: "paid" } }, ""],
  ["cancelled", { view: { kind: "cancelled" } }, ""],
  ["nothing owed", { view: { kind: "nothing_owed" } }, ""],
  ["unavailable", { view: new Error("down") }, ""],
];

describe("HTML of the pay page", () => {
  const validator = new HtmlValidate({
    extends: ["html-validate:recommended"],
    rules: {
      "void-style": "off",
      "doctype-style": "off",
      "no-trailing-whitespace": "off",
      "long-title": "off",
    },
  });
  const brand: Partial<Brand> = {
    name: 'Lumen & "Sons"',
    logo: { content: Buffer.from("89504e470d0a1a0a", "hex"), contentType: "image/png" },
    supportUrl: "https://lumen.example/help?a=1&b=2",
    color: "#ffd400",
  };

  test.each(EVERY_PAGE)(
    "the page %s is valid and small HTML, runs no script and loads only the logo",
    async (_, answers, query) => {
      const { app } = stubbedGateway({ ...answers, brand });
      for (const language of Object.keys(TEXTS)) {
        const lang = query === "" ? `?lang=${language}` : `${query}&lang=${language}`;
        const { body, headers } = await getPage(app, lang);
        const report = validator.validateStringSync(body);
        expect(
          report.results.flatMap(({ messages }) => messages.map(({ message }) => message)),
        ).toEqual([]);
        expect(Buffer.byteLength(body)).toBeLessThan(30_000);
        expect(body).not.toMatch(/<script|<link|@import|url\(|style="| on\w+=|null|undefined/);
        expect(body.match(/src="[^"]*"/g)).toEqual(['src="../brand/logo"']);
        expect(headers).toMatchObject({
          "cache-control": "no-store",
          "referrer-policy": "no-referrer",
          "x-content-type-options": "nosniff",
        });
        const policy = String(headers["content-security-policy"]);
        expect(policy).toMatch(
          /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self'; form-action 'self' https:;/,
        );
        expect(policy).not.toContain("unsafe");
      }
    },
  );

  test("the page shows the merchant's name, colour and logo, with readable text on the colour", async () => {
    const { app } = stubbedGateway({ brand });
    const { body } = await getPage(app);
    expect(body).toContain("--brand:#ffd400;--on-brand:#000000");
    expect(body).toContain('alt="Lumen &amp; &quot;Sons&quot;"');
    const logo = await app.inject({ url: "/brand/logo" });
    expect(logo.headers["content-type"]).toBe("image/png");
    expect(logo.rawPayload).toEqual(brand.logo?.content);
    expect((await stubbedGateway().app.inject({ url: "/brand/logo" })).statusCode).toBe(404);
  });

  test("the page has the brand that its link names, and the common brand for any other", async () => {
    const kids = { ...PLAIN_BRAND, name: "Lumen Kids", logo: brand.logo ?? null };
    const { app } = stubbedGateway({ brand: { name: "Lumen", others: { bus_kids: kids } } });
    const { body } = await getPage(app, "?brand=bus_kids");
    expect(body).toContain('<img src="../brand/bus_kids/logo" alt="Lumen Kids"');
    expect((await app.inject({ url: "/brand/bus_kids/logo" })).rawPayload).toEqual(
      brand.logo?.content,
    );
    for (const query of ["", "?brand=bus_none", "?brand=__proto__", "?brand=a&brand=bus_kids"])
      expect((await getPage(app, query)).body).toContain("<header>Lumen</header>");
  });
});
