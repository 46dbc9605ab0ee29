import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPreview, writePreview } from "../../dev/docs/notice-preview.ts";
import { SAMPLES } from "../../dev/docs/sample-notices.ts";
import { SAMPLE_PAGES } from "../../dev/docs/sample-pages.ts";
import { PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { TEXTS } from "../../platform/customer/texts/index.ts";

const logo = { content: Buffer.from("89504e470d0a1a0a", "hex"), contentType: "image/png" } as const;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "reprise-preview-"));
  writePreview(folder, { ...PLAIN_BRAND, name: "Lumen Press", logo });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the preview", () => {
  test("has every email and every page in every language, and links to each", () => {
    const index = readFileSync(join(folder, "index.html"), "utf8");
    for (const language of Object.keys(TEXTS)) {
      const files = [
        ...SAMPLES.flatMap(({ name }) => [`${name}.html`, `${name}.txt`]),
        ...SAMPLE_PAGES.map(({ name }) => `${name}.html`),
      ];
      for (const file of files) {
        expect(index).toContain(`href="${language}/${file}"`);
        const { content } = readPreview(folder, `${language}/${file}`) ?? {};
        expect(content?.toString()).toContain(file.endsWith(".txt") ? "Lumen Press" : "Lumen");
      }
    }
  });

  test("embeds the logo instead of linking to it", () => {
    for (const file of ["en/payment-failed.html", "en/page-owed.html"]) {
      expect(readPreview(folder, file)?.content.toString()).toContain(
        'src="data:image/png;base64,',
      );
    }
  });

  test("serves only the files that it wrote", () => {
    expect(readPreview(folder, "")?.contentType).toBe("text/html; charset=utf-8");
    for (const path of [
      "../secret.html",
      "/etc/passwd",
      "en/../../x.txt",
      "en",
      "en/nothing.html",
    ]) {
      expect(readPreview(folder, path), path).toBeNull();
    }
  });
});
