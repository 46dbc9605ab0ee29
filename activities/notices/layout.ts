import type { NoticeFacts, NoticeText } from "./compose.ts";

/** Lays one text out twice: plain, and as HTML that needs no style sheet and no image. */
export function layOut(
  notice: NoticeText,
  facts: NoticeFacts,
): { readonly subject: string; readonly text: string; readonly html: string } {
  const greeting = facts.customerName === null ? "Hello," : `Hello ${facts.customerName},`;
  const hasButton = notice.button !== null && facts.link !== null;
  const text = [
    greeting,
    ...notice.paragraphs,
    ...(hasButton ? [`${notice.button}:\n${facts.link}`] : []),
    ...notice.afterwards,
  ].join("\n\n");
  return { subject: notice.subject, text: `${text}\n`, html: htmlOf(greeting, notice, facts) };
}

function htmlOf(greeting: string, notice: NoticeText, facts: NoticeFacts): string {
  const paragraph = (content: string): string =>
    `<p style="margin:0 0 16px">${escapeHtml(content)}</p>`;
  const button =
    notice.button === null || facts.link === null
      ? []
      : [
          `<p style="margin:24px 0"><a href="${escapeHtml(facts.link)}" style="display:inline-block;padding:12px 24px;border-radius:6px;background:#1a4fd6;color:#ffffff;text-decoration:none;font-weight:bold">${escapeHtml(notice.button)}</a></p>`,
          `<p style="margin:0 0 16px;font-size:13px;color:#5a6270">If the button does not work, open this address:<br><a href="${escapeHtml(facts.link)}" style="color:#1a4fd6;word-break:break-all">${escapeHtml(facts.link)}</a></p>`,
        ];
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(notice.subject)}</title></head>`,
    '<body style="margin:0;padding:24px;font-family:system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5">',
    '<div style="max-width:560px;margin:0 auto">',
    paragraph(greeting),
    ...notice.paragraphs.map(paragraph),
    ...button,
    ...notice.afterwards.map(paragraph),
    "</div></body></html>",
  ].join("\n");
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
