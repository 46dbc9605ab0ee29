import Mustache from "mustache";
import { readableOn } from "../../platform/customer/brand.ts";
import { escapeHtml } from "../../platform/customer/html.ts";
import type { FormatMessage } from "../../platform/customer/message.ts";
import type { NoticeFacts, NoticeText } from "../notices/compose.ts";
import { MAIL_TEMPLATE } from "./mail-template.generated.ts";

export type LaidOut = { readonly subject: string; readonly text: string; readonly html: string };

type LayoutFacts = Pick<NoticeFacts, "recipient" | "brand" | "logoUrl" | "customerName" | "link">;

/** A line at a mail's foot, and where it leads. */
type FooterLine = { readonly text: string; readonly href?: string; readonly name?: string };

/** Lays one notice out twice: plain, and as HTML for mail clients (see mail.mjml). */
export function layOut(notice: NoticeText, facts: LayoutFacts): LaidOut {
  const { formatMessage } = facts.recipient;
  const name = facts.customerName;
  const greeting =
    name === null ? formatMessage("greeting.plain") : formatMessage("greeting.named", { name });
  const footer = footerOf(notice, facts);
  return {
    subject: notice.subject,
    text: textOf(greeting, notice, facts, footer),
    html: htmlOf(greeting, notice, facts, footer),
  };
}

function textOf(
  greeting: string,
  { heading, paragraphs, facts: rows, button, afterwards }: NoticeText,
  { recipient: { formatMessage }, brand }: LayoutFacts,
  footer: readonly FooterLine[],
): string {
  const foot = footer.map(({ text, name }) => (name === undefined ? text : `${text} ${name}`));
  const blocks = [
    ...(brand.name === null ? [] : [brand.name]),
    heading,
    greeting,
    ...paragraphs,
    rows.map(({ label, value }) => formatMessage("fact.line", { label, value })).join("\n"),
    ...(button === null
      ? []
      : [`${withColon(button.label, formatMessage)}\n${nameOf(button.href)}`]),
    ...afterwards,
    // The sign by which mail clients know a signature.
    ...(foot.length === 0 ? [] : [`-- \n${foot.join("\n")}`]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** A label before what stands on the next line, with the colon of its language. */
function withColon(label: string, formatMessage: FormatMessage): string {
  return formatMessage("fact.line", { label, value: "" }).trimEnd();
}

/** An address as people write it. */
function nameOf(href: string): string {
  return href.replace(/^mailto:/, "");
}

function htmlOf(
  greeting: string,
  { subject, heading, paragraphs, facts: rows, button, afterwards }: NoticeText,
  { recipient, brand, logoUrl }: LayoutFacts,
  footer: readonly FooterLine[],
): string {
  const isRtl = recipient.direction === "rtl";
  const { formatMessage } = recipient;
  const isPage = button !== null && !button.href.startsWith("mailto:");
  return Mustache.render(
    MAIL_TEMPLATE,
    {
      lang: recipient.language,
      dir: recipient.direction,
      start: isRtl ? "right" : "left",
      end: isRtl ? "left" : "right",
      subject,
      preview: paragraphs.join(" "),
      brand: brand.name,
      logo: logoUrl === null ? null : { src: logoUrl, alt: brand.name ?? "" },
      heading,
      greeting,
      paragraphs,
      hasFacts: rows.length > 0,
      facts: rows,
      button:
        button === null
          ? null
          : { ...button, color: brand.color, onColor: readableOn(brand.color) },
      afterwards,
      fallback: isPage ? { label: formatMessage("link.fallback"), href: button.href } : null,
      footer,
    },
    {},
    { escape: escapeHtml },
  );
}

function footerOf(
  { button }: NoticeText,
  { recipient: { formatMessage }, brand, link }: LayoutFacts,
): readonly FooterLine[] {
  const { supportUrl, name, address } = brand;
  return [
    ...(link === null || button === null ? [] : [{ text: formatMessage("footer.safety") }]),
    ...(supportUrl === null
      ? []
      : [
          {
            text: formatMessage("footer.questions"),
            href: supportUrl,
            name: nameOf(supportUrl),
          },
        ]),
    ...(name === null ? [] : [{ text: formatMessage("footer.why", { brand: name }) }]),
    ...address.map((text) => ({ text })),
  ];
}
