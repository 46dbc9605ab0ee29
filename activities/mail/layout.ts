import Mustache from "mustache";
import { type Brand, readableOn } from "../../platform/customer/brand.ts";
import { escapeHtml } from "../../platform/customer/html.ts";
import type { FormatMessage } from "../../platform/customer/message.ts";
import type { Recipient } from "../../platform/customer/recipient.ts";
import { MAIL_TEMPLATE } from "./mail-template.generated.ts";

export type LaidOut = { readonly subject: string; readonly text: string; readonly html: string };

/** A notice before it is laid out. */
export type NoticeText = {
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly Fact[];
  readonly button: Button | null;
  /** Below the button. */
  readonly afterwards: readonly string[];
};

export type Fact = { readonly label: string; readonly value: string };
export type Button = { readonly label: string; readonly href: string };

type LayoutFacts = {
  readonly recipient: Recipient;
  readonly brand: Brand;
  /** The logo's address inside the mail. */
  readonly logoUrl: string | null;
  readonly customerName: string | null;
  /** Tells mails about several subscriptions apart. */
  readonly productName: string | null;
  /** The customer's page; null if there is nothing left to do. */
  readonly link: string | null;
};

/** A line of the footer, with an optional link. */
type FooterLine = { readonly text: string; readonly href?: string; readonly name?: string };

/** Lays a notice out as plain text and as HTML (mail.mjml). */
export function layOut(notice: NoticeText, facts: LayoutFacts): LaidOut {
  const { formatMessage } = facts.recipient;
  const name = facts.customerName;
  const greeting =
    name === null ? formatMessage("greeting.plain") : formatMessage("greeting.named", { name });
  const footer = footerOf(notice, facts);
  const subject = subjectOf(notice, facts);
  return {
    subject,
    text: textOf(greeting, notice, facts, footer),
    html: htmlOf(greeting, { ...notice, subject }, facts, footer),
  };
}

/** Most mail clients show less of a subject. @source RFC 5322 2.1.1 */
const SUBJECT_CHARACTERS_MAX = 78;

/** With the product's name where there is room; the list of facts has it in any case. */
function subjectOf(
  { subject }: NoticeText,
  { productName, recipient: { formatMessage } }: LayoutFacts,
): string {
  if (productName === null) return subject;
  const named = formatMessage("subject.product", { subject, product: productName });
  return named.length <= SUBJECT_CHARACTERS_MAX ? named : subject;
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
    // Mail clients recognize a signature by this line. @source RFC 3676 4.3
    ...(foot.length === 0 ? [] : [`-- \n${foot.join("\n")}`]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** The label with the colon of its language. */
function withColon(label: string, formatMessage: FormatMessage): string {
  return formatMessage("fact.line", { label, value: "" }).trimEnd();
}

/** An address for display. */
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
  return renderTemplate({
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
      button === null ? null : { ...button, color: brand.color, onColor: readableOn(brand.color) },
    afterwards,
    fallback: isPage ? { label: formatMessage("link.fallback"), href: button.href } : null,
    footer,
  });
}

const writer = new Mustache.Writer();
const template = writer.parse(MAIL_TEMPLATE);

/** `Mustache.render` looks its template up by the whole text at every mail. */
function renderTemplate(view: Readonly<Record<string, unknown>>): string {
  const context = new Mustache.Context(view);
  return writer.renderTokens(template, context, {}, MAIL_TEMPLATE, { escape: escapeHtml });
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
