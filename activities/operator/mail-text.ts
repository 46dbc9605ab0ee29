import { visible } from "../../domain/values/visible-text.ts";
import { escapeHtml } from "../../platform/customer/html.ts";

// Texts of alerts hold codes, currencies and ids from outside. Mail programs turn whatever looks like an address into a link.

/** A text from outside in a mail: one line, of which no address is a link. */
export function mailText(text: string): string {
  return visible(text)
    .replaceAll(/(?<=[A-Za-z]):(?=\/\/)/g, "[:]")
    .replaceAll(/\b(?:mailto|javascript|data|tel|sms):/gi, (scheme) => `${scheme.slice(0, -1)}[:]`)
    .replaceAll(/\bwww\./gi, (www) => `${www.slice(0, -1)}[.]`);
}

/** A paragraph as HTML, in which the addresses that begin so are links. @param ours without a trailing slash */
export function paragraphOf(text: string, ours: readonly string[]): string {
  const html = escapeHtml(text)
    .replaceAll(/https?:\/\/[^\s<>"]+/g, (url) =>
      ours.some((one) => isBelow(url, escapeHtml(one))) ? `<a href="${url}">${url}</a>` : url,
    )
    .replaceAll("\n", "<br>");
  return `<p>${html}</p>`;
}

/** Of another host, an address may begin with the same letters. */
function isBelow(url: string, one: string): boolean {
  return url === one || url.startsWith(`${one}/`) || url.startsWith(`${one}?`);
}
