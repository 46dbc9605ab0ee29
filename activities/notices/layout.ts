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

/** Mail clients drop style sheets, so that each element carries its own. */
const STYLES = {
  body: "margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif",
  column: "max-width:560px;margin:0 auto",
  paragraph: "margin:0 0 16px",
  small: "margin:0 0 16px;font-size:13px;color:#5a6270",
  link: "color:#1a4fd6;word-break:break-all",
  button:
    "display:inline-block;padding:12px 24px;border-radius:6px;background:#1a4fd6;" +
    "color:#ffffff;text-decoration:none;font-weight:bold",
} as const;

function htmlOf(greeting: string, notice: NoticeText, facts: NoticeFacts): string {
  const paragraph = (content: string): string =>
    `<p style="${STYLES.paragraph}">${escapeHtml(content)}</p>`;
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(notice.subject)}</title></head>`,
    `<body style="${STYLES.body}"><div style="${STYLES.column}">`,
    paragraph(greeting),
    ...notice.paragraphs.map(paragraph),
    ...buttonHtml(notice.button, facts.link),
    ...notice.afterwards.map(paragraph),
    "</div></body></html>",
  ].join("\n");
}

function buttonHtml(label: string | null, link: string | null): readonly string[] {
  if (label === null || link === null) return [];
  const href = escapeHtml(link);
  return [
    `<p style="margin:24px 0"><a href="${href}" style="${STYLES.button}">${escapeHtml(label)}</a></p>`,
    `<p style="${STYLES.small}">If the button does not work, open this address:<br>`,
    `<a href="${href}" style="${STYLES.link}">${href}</a></p>`,
  ];
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
