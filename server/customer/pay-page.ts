import { createHash } from "node:crypto";
import type { Money } from "../../domain/values/money.ts";
import { type Brand, readableOn } from "../../platform/customer/brand.ts";
import { escapeHtml } from "../../platform/customer/html.ts";
import type { Recipient } from "../../platform/customer/recipient.ts";
import type { DebtFacts } from "../temporal/debt-facts.ts";
import { factList, type FactName, isAboutSettlement, UNKNOWN_FACTS } from "./page-facts.ts";

/** Every state of the customer's page. */
export type PayPage =
  | {
      readonly kind: "owed";
      readonly total: Money;
      readonly isDeclined: boolean;
      /** The debt had ended as `exhausted`. */
      readonly late?: true;
    }
  /** `checking`: Dodo is read before the page offers to pay. */
  | { readonly kind: "being_processed" | "checking"; readonly refresh: Refresh }
  /** The debt is exhausted, and can no longer be paid here. */
  | { readonly kind: "unpaid"; readonly total: Money }
  /** A payment waits for the customer. `hasPage`: Dodo has a page for it, which the button leads to. */
  | { readonly kind: "needs_confirmation"; readonly total: Money; readonly hasPage: boolean }
  | { readonly kind: "paid" | "nothing_owed" | "cancelled" }
  | { readonly kind: "reminders" | "reminders_stopped" }
  | { readonly kind: "expired" | "unknown" | "unavailable" };

/** Where and when the page reloads; the customer may press a link to the same address. */
export type Refresh = { readonly href: string; readonly afterSeconds: number };

const STYLE = `
:root{color-scheme:light dark}
body{margin:0;font:1rem/1.5 system-ui,-apple-system,Segoe UI,Helvetica,Arial,sans-serif;background:#f2f4f7;color:#1c2230}
header,main{box-sizing:border-box;max-width:30rem;margin:0 auto;padding:2rem}
header{padding-block:4rem 1.25rem;font-size:1.1rem;font-weight:700}
header img{display:block;height:40px;max-width:100%}
main{background:#fff;border-radius:12px;box-shadow:0 1px 4px #0002}
h1,header,p{overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.3;margin:0 0 .75rem;text-wrap:balance}
h1:lang(ja){word-break:auto-phrase}
p{margin:0 0 1.25rem}
p:last-child{margin-bottom:0}
dl{margin:0 0 1.5rem}
dl:last-child{margin-bottom:0}
dl div{display:flex;flex-wrap:wrap;gap:0 1rem;padding:.6rem 0;border-block-start:1px solid #e3e6ec}
dl div:last-child{border-block-end:1px solid #e3e6ec}
dt{flex:1 0 8rem;color:#5a6270}
dd{flex:2 1 11rem;margin:0;font-weight:600;overflow-wrap:anywhere}
.amount{font-size:1.6rem;line-height:1.2;font-weight:700}
.note{padding:.75rem 1rem;border-inline-start:4px solid #b7791f;background:#fff8e6;color:#4a3200}
.press{display:block;box-sizing:border-box;width:100%;padding:.9rem 1rem;border:1px solid transparent;border-radius:8px;
background:var(--brand);color:var(--on-brand);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.press:hover{filter:brightness(.92)}
.press:focus-visible,a:focus-visible{outline:3px solid #6f9bff;outline-offset:3px}
.small{font-size:.875rem;color:#5a6270;margin:1rem 0 0}
.small a{color:inherit}
@media (max-width:32rem){header{padding:1.25rem}header:empty{display:none}main{padding:1.5rem 1.25rem;border-radius:0;box-shadow:none}}
@media (prefers-color-scheme:dark){body{background:#12151c;color:#e8eaf0}main{background:#1c212c}
.small,dt{color:#a4adbd}dl div{border-color:#303746!important}.note{background:#33290f;color:#f6e3b4}.press{border-color:#8a93a5}}
`.trim();

/** The style and the HTTP headers of all pages of a merchant. */
export type PageTheme = {
  readonly brand: Brand;
  /** Relative to a page, because PUBLIC_URL may have a path. */
  readonly logoHref: string;
  readonly style: string;
  readonly headers: Readonly<Record<string, string>>;
};

/**
 * The policy allows no script, one style sheet by its hash, and no image except the logo. The form posts to the page's
 * own address, which redirects to Dodo's page.
 */
export function themeOf(brand: Brand, publicUrl: string, brandId: string | null = null): PageTheme {
  const style = `:root{--brand:${brand.color};--on-brand:${readableOn(brand.color)}}\n${STYLE}`;
  const hash = createHash("sha256").update(style).digest("base64");
  // If the gateway has an http address (in the demo), so has the sandbox's payment page.
  const targets = publicUrl.startsWith("http:") ? "https: http:" : "https:";
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    ...(brand.logo === null ? [] : ["img-src 'self'"]),
    `form-action 'self' ${targets}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": policy.join("; "),
  };
  const logoHref = brandId === null ? LOGO_HREF : `../brand/${brandId}/logo`;
  return { brand, logoHref, style, headers };
}

/** Of the common brand. */
export const LOGO_HREF = "../brand/logo";

/** @param facts null where the page knows no debt */
export function renderPayPage(
  page: PayPage,
  facts: DebtFacts | null,
  recipient: Recipient,
  theme: PageTheme,
): string {
  const total = "total" in page ? page.total : null;
  const known = facts ?? { ...UNKNOWN_FACTS, total };
  const { title, body } = contentOf(
    page,
    factList(factNamesOf(page, known), known, recipient),
    recipient,
  );
  const { brand, style } = theme;
  const named = { subject: title, product: brand.name ?? "" };
  const documentTitle =
    brand.name === null ? title : recipient.formatMessage("subject.product", named);
  return [
    "<!doctype html>",
    `<html lang="${recipient.language}" dir="${recipient.direction}">`,
    '<head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(documentTitle)}</title>`,
    `<style>${style}</style></head>`,
    `<body>${headerOf(theme)}<main>`,
    `<h1>${escapeHtml(title)}</h1>`,
    ...body,
    supportOf(brand, recipient),
    "</main></body></html>",
  ].join("\n");
}

/** What a page tells about the debt. */
function factNamesOf(page: PayPage, facts: DebtFacts): readonly FactName[] {
  switch (page.kind) {
    case "owed":
      // The payment that was declined now may have another date and another card than the one in the mail.
      return page.isDeclined
        ? ["product", "amount", "deadline"]
        : ["product", "amount", "payment", "deadline"];
    case "needs_confirmation":
    case "reminders":
    case "reminders_stopped":
      return ["product", "amount", "payment", "deadline"];
    case "being_processed":
    case "checking":
    case "unpaid":
      return ["product", "amount"];
    case "paid":
      return isAboutSettlement(facts) ? ["product", "amount", "payment"] : ["product", "amount"];
    case "nothing_owed":
    case "cancelled":
      return ["product"];
    case "expired":
    case "unknown":
    case "unavailable":
      return [];
  }
}

type Content = { readonly title: string; readonly body: readonly string[] };

/** @param facts the list of facts, as HTML */
function contentOf(page: PayPage, facts: string, recipient: Recipient): Content {
  const { formatMessage } = recipient;
  const plain = (title: string, text: string): Content => ({
    title,
    body: [paragraph(text), facts],
  });
  switch (page.kind) {
    case "owed":
      return owedPage(page, facts, recipient);
    case "needs_confirmation":
      return confirmationPage(page, facts, recipient);
    case "being_processed":
      return processingPage(page.refresh, facts, recipient);
    case "checking":
      return checkingPage(page.refresh, facts, recipient);
    case "unpaid":
      return unpaidPage(facts, recipient);
    case "paid":
      return plain(formatMessage("page.paid.title"), formatMessage("page.paid.text"));
    case "nothing_owed":
      return plain(
        formatMessage("page.nothing_owed.title"),
        formatMessage("page.nothing_owed.text"),
      );
    case "cancelled":
      return plain(formatMessage("page.cancelled.title"), formatMessage("page.cancelled.text"));
    case "reminders":
      return {
        title: formatMessage("page.reminders.title"),
        body: [
          paragraph(formatMessage("page.reminders.text")),
          facts,
          formOf(formatMessage("page.reminders.button"), recipient),
        ],
      };
    case "reminders_stopped":
      return plain(
        formatMessage("page.reminders_stopped.title"),
        formatMessage("page.reminders_stopped.text"),
      );
    case "expired":
      return plain(formatMessage("page.expired.title"), formatMessage("page.expired.text"));
    case "unknown":
      return plain(formatMessage("page.unknown.title"), formatMessage("page.unknown.text"));
    case "unavailable":
      return plain(formatMessage("page.unavailable.title"), formatMessage("page.unavailable.text"));
  }
}

const paragraph = (text: string, kind = ""): string =>
  `<p${kind === "" ? "" : ` class="${kind}"`}>${escapeHtml(text)}</p>`;

function owedPage(
  { isDeclined, late }: Extract<PayPage, { kind: "owed" }>,
  facts: string,
  recipient: Recipient,
): Content {
  const { formatMessage } = recipient;
  return {
    title: formatMessage("page.owed.title"),
    body: [
      isDeclined
        ? paragraph(formatMessage("page.declined.text"), "note")
        : paragraph(formatMessage(late === true ? "page.late.text" : "page.owed.text")),
      facts,
      formOf(formatMessage("page.owed.button"), recipient),
      paragraph(formatMessage("page.owed.after"), "small"),
    ],
  };
}

/** The bank does nothing until the customer acts, and nobody else can. */
function confirmationPage(
  { hasPage }: Extract<PayPage, { kind: "needs_confirmation" }>,
  facts: string,
  recipient: Recipient,
): Content {
  const { formatMessage } = recipient;
  return {
    title: formatMessage("authentication.heading"),
    body: [
      paragraph(formatMessage("page.confirm.text")),
      facts,
      ...(hasPage
        ? [formOf(formatMessage("page.owed.button"), recipient)]
        : [paragraph(formatMessage("confirm.next_bank"))]),
    ],
  };
}

/** One button that posts to the page's own address. */
function formOf(label: string, { language }: Recipient): string {
  const action = `?lang=${encodeURIComponent(language)}`;
  return `<form method="post" action="${action}"><button class="press" type="submit">${escapeHtml(label)}</button></form>`;
}

const refreshLink = ({ href }: Refresh, label: string): string =>
  `<a class="press" href="${escapeHtml(href)}">${escapeHtml(label)}</a>`;

function processingPage(refresh: Refresh, facts: string, { formatMessage }: Recipient): Content {
  return {
    title: formatMessage("page.processing.title"),
    body: [
      paragraph(formatMessage("page.processing.text")),
      facts,
      refreshLink(refresh, formatMessage("page.processing.refresh")),
    ],
  };
}

function checkingPage(refresh: Refresh, facts: string, recipient: Recipient): Content {
  const { formatMessage } = recipient;
  return {
    title: formatMessage("page.checking.title"),
    body: [
      paragraph(formatMessage("page.checking.text")),
      facts,
      refreshLink(refresh, formatMessage("page.processing.refresh")),
    ],
  };
}

/** What is open, and whom to ask. */
function unpaidPage(facts: string, { formatMessage }: Recipient): Content {
  return {
    title: formatMessage("page.unpaid.title"),
    body: [
      paragraph(formatMessage("page.unpaid.text")),
      facts,
      paragraph(formatMessage("page.unpaid.ask")),
    ],
  };
}

function headerOf({ brand: { name, logo }, logoHref }: PageTheme): string {
  if (logo !== null) {
    return `<header><img src="${logoHref}" alt="${escapeHtml(name ?? "")}" height="40"></header>`;
  }
  return name === null ? "<header></header>" : `<header>${escapeHtml(name)}</header>`;
}

function supportOf({ supportUrl }: Brand, { formatMessage }: Recipient): string {
  if (supportUrl === null) return "";
  const name = supportUrl.replace(/^mailto:/, "");
  return `<p class="small">${escapeHtml(formatMessage("page.questions"))} <a href="${escapeHtml(supportUrl)}">${escapeHtml(name)}</a></p>`;
}
