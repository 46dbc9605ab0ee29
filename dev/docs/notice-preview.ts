import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join, resolve, sep } from "node:path";
import type { Brand } from "../../platform/customer/brand.ts";
import { escapeHtml } from "../../platform/customer/html.ts";
import { composeSample, SAMPLES } from "./sample-notices.ts";
import { renderSamplePage, SAMPLE_PAGES } from "./sample-pages.ts";

const STYLE =
  "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}" +
  "td,th{padding:.4rem .75rem;text-align:start;border-bottom:1px solid #8884}h2{margin-top:2.5rem}";

/** Writes every email and every version of the payment page in every language, and an index that links to them. */
export function writePreview(folder: string, brand: Brand): void {
  const sections = Object.keys(brand.texts)
    .toSorted()
    .map((language) => {
      mkdirSync(join(folder, language), { recursive: true });
      const rows = SAMPLES.map((sample) => {
        const { subject, html, text, direction } = composeSample(sample, language, brand);
        const path = `${language}/${sample.name}`;
        writeFileSync(join(folder, `${path}.html`), html);
        writeFileSync(join(folder, `${path}.txt`), text);
        return (
          `<tr><td>${sample.name}</td><td lang="${language}" dir="${direction}">${escapeHtml(subject)}</td>` +
          `<td><a href="${path}.html">HTML</a> · <a href="${path}.txt">text</a></td></tr>`
        );
      });
      const pages = SAMPLE_PAGES.map(({ name, page }) => {
        const path = `${language}/${name}.html`;
        writeFileSync(join(folder, path), renderSamplePage(page, language, brand));
        return `<a href="${path}">${name.replace("page-", "")}</a>`;
      });
      return (
        `<h2>${languageName(language)}</h2><table>${rows.join("")}</table>` +
        `<p>Payment page: ${pages.join(" · ")}</p>`
      );
    });
  const page =
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notices</title>' +
    `<meta name="color-scheme" content="light dark"><style>${STYLE}</style></head>` +
    `<body><h1>Notices</h1>${sections.join("")}</body></html>`;
  writeFileSync(join(folder, "index.html"), page);
}

function languageName(language: string): string {
  return `${new Intl.DisplayNames("en", { type: "language" }).of(language) ?? language} (${language})`;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

/** Reads a file of the preview. @returns null if there is no such file, or if it is outside the folder */
export function readPreview(
  folder: string,
  path: string,
): { readonly content: Buffer; readonly contentType: string } | null {
  const root = resolve(folder);
  const file = resolve(root, path === "" ? "index.html" : path);
  const contentType = CONTENT_TYPES[extname(file)];
  if (!file.startsWith(root + sep) || contentType === undefined) return null;
  if (!existsSync(file) || !statSync(file).isFile()) return null;
  return { content: readFileSync(file), contentType };
}
