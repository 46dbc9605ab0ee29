import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../../dev/docs/browser.ts";
import { composeSample, SAMPLES } from "../../dev/docs/sample-notices.ts";
import { renderSamplePage, SAMPLE_PAGES } from "../../dev/docs/sample-pages.ts";
import { type Brand, PLAIN_BRAND } from "../../platform/customer/brand.ts";

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 375, height: 700 } });
});
afterAll(() => browser.close());

/** A medium grey, which has the least contrast to both black and white text. */
const BRAND: Brand = {
  ...PLAIN_BRAND,
  name: "Lumen Press",
  color: "#767676",
  supportUrl: "mailto:help@lumen.example",
  address: ["12 Quay Street", "Dublin 1"],
};
const LANGUAGES = ["en", "ar"];
const SCHEMES = ["light", "dark"] as const;

/** Axe's findings, one per line. */
async function violations(
  html: string,
  colorScheme: "light" | "dark",
  rules: object = {},
): Promise<string[]> {
  await page.emulateMedia({ colorScheme });
  await page.setContent(html);
  await page.evaluate(axe.source);
  const found = (await page.evaluate(
    `axe.run(document, ${JSON.stringify({ rules })})`,
  )) as axe.AxeResults;
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html: at }) => `${id}: ${at}`));
}

describe.each(SCHEMES)("in %s colours axe finds no violation", (scheme) => {
  test.each(SAMPLE_PAGES.map((sample) => [sample.name, sample.page] as const))(
    "on the page %s",
    async (_, face) => {
      for (const language of LANGUAGES)
        expect(await violations(renderSamplePage(face, language, BRAND), scheme)).toEqual([]);
    },
  );

  test.each(SAMPLES.map((sample) => [sample.name, sample] as const))(
    "in the mail %s",
    async (_, sample) => {
      // A mail needs no landmarks, because mail programs show it inside their own page.
      const rules = { region: { enabled: false }, "landmark-one-main": { enabled: false } };
      for (const language of LANGUAGES) {
        const { html } = composeSample(sample, language, BRAND);
        expect(await violations(html, scheme, rules)).toEqual([]);
      }
    },
  );
});

test("axe finds text with too little contrast", async () => {
  const [sample] = SAMPLE_PAGES as [(typeof SAMPLE_PAGES)[number]];
  const html = renderSamplePage(sample.page, "en", BRAND).replace("color:#1c2230", "color:#dddddd");
  expect((await violations(html, "light")).join("\n")).toContain("color-contrast");
});
