import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import type { Brand } from "../../platform/customer/brand.ts";
import { escapeHtml } from "../../platform/customer/html.ts";
import { openBrowser } from "./browser.ts";
import { composeSample, SAMPLES } from "./sample-notices.ts";
import { renderSamplePage, SAMPLE_PAGES } from "./sample-pages.ts";

/** Covers both writing directions and three scripts. */
const LANGUAGES = ["en", "fr", "ja", "ar"];
const SIZES = [
  { name: "phone", width: 375, perRow: 4 },
  { name: "desktop", width: 760, perRow: 2 },
] as const;
const SCHEMES = ["light", "dark"] as const;

/**
 * Takes one screenshot of all emails and one of all versions of the payment page, for each language, size and color scheme.
 * Yields the path of each picture.
 */
export async function* captureNotices(
  folder: string,
  brand: Brand,
  languages: readonly string[] = LANGUAGES,
): AsyncGenerator<string> {
  mkdirSync(folder, { recursive: true });
  const browser = await openBrowser();
  try {
    for (const language of languages)
      for (const size of SIZES)
        for (const scheme of SCHEMES) {
          const sheets = {
            mails: SAMPLES.map((sample) => composeSample(sample, language, brand).html),
            pages: SAMPLE_PAGES.map(({ page }) => renderSamplePage(page, language, brand)),
          };
          for (const [what, documents] of Object.entries(sheets)) {
            const path = join(folder, `${what}-${language}-${size.name}-${scheme}.png`);
            await captureSheet(browser, path, { ...size, scheme, documents });
            yield path;
          }
        }
  } finally {
    await browser.close();
  }
}

type Sheet = {
  readonly width: number;
  readonly perRow: number;
  readonly scheme: "light" | "dark";
  readonly documents: readonly string[];
};

const GAP_PX = 12;

/** One picture with a frame for each document, as wide as the screen and as high as its content. */
async function captureSheet(browser: Browser, path: string, sheet: Sheet): Promise<void> {
  const { width, perRow, scheme, documents } = sheet;
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width: (width + GAP_PX) * perRow + GAP_PX, height: 800 },
  });
  const page = await context.newPage();
  const frames = documents
    .map((html) => `<iframe srcdoc="${escapeHtml(html)}" style="width:${width}px"></iframe>`)
    .join("");
  await page.setContent(
    `<style>body{margin:0;padding:${GAP_PX}px;background:#777;display:grid;align-items:start;` +
      `gap:${GAP_PX}px;grid-template-columns:repeat(${perRow},${width}px)}iframe{border:0}</style>${frames}`,
  );
  await page.waitForLoadState("load");
  await page.evaluate(
    `for (const one of document.querySelectorAll("iframe"))
       one.style.height = one.contentDocument.documentElement.offsetHeight + "px";`,
  );
  await page.screenshot({ path, fullPage: true });
  await context.close();
}
