import { currencyExponent, type Money } from "../domain/money.ts";

/** Every face of the customer's page. */
export type PayPage =
  | { readonly kind: "owed"; readonly total: Money }
  | { readonly kind: "being_processed" }
  | { readonly kind: "nothing_owed" }
  | { readonly kind: "expired" }
  | { readonly kind: "unknown" }
  | { readonly kind: "unavailable" };

type Words = { readonly title: string; readonly text: string };

const WORDS: Readonly<Record<Exclude<PayPage["kind"], "owed">, Words>> = {
  being_processed: {
    title: "Your payment is being processed",
    text: "There is nothing to do right now. Please look again in a few minutes.",
  },
  nothing_owed: {
    title: "Nothing is due",
    text: "This payment is settled. You can close this page.",
  },
  expired: {
    title: "This link has expired",
    text: "It can no longer be used to pay. Please write to the seller if you still want to pay.",
  },
  unknown: {
    title: "This link is not valid",
    text: "Please open the link from our email again, whole and unchanged.",
  },
  unavailable: {
    title: "This cannot be done right now",
    text: "You have not been charged. Please try again in a few minutes.",
  },
};

const STYLE = `
:root{color-scheme:light dark}
body{margin:0;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;background:#f5f6f8;color:#1c2230}
main{box-sizing:border-box;max-width:28rem;margin:12vh auto 0;padding:2rem;background:#fff;border-radius:12px;box-shadow:0 1px 4px #0002}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 .75rem}
p{margin:0 0 1.25rem}
.amount{font-size:2rem;font-weight:700;margin:0 0 1rem}
button{width:100%;padding:.85rem 1rem;border:0;border-radius:8px;background:#1a4fd6;color:#fff;font:inherit;font-weight:600;cursor:pointer}
button:hover{background:#153fae}
button:focus-visible{outline:3px solid #8fb0ff;outline-offset:2px}
.small{font-size:.875rem;color:#5a6270;margin:1rem 0 0}
@media (max-width:32rem){main{margin:0;max-width:none;min-height:100vh;border-radius:0;box-shadow:none}}
@media (prefers-color-scheme:dark){body{background:#12151c;color:#e8eaf0}main{background:#1c212c}.small{color:#a4adbd}}
`.trim();

/** No script and nothing from elsewhere; the one form goes to the page's own address. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex, nofollow",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
};

export function renderPayPage(page: PayPage): string {
  const { title, body } = page.kind === "owed" ? owedPage(page.total) : plainPage(WORDS[page.kind]);
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title><style>${STYLE}</style></head>`,
    `<body><main>${body}</main></body></html>`,
  ].join("\n");
}

function owedPage(total: Money): { title: string; body: string } {
  const title = "Pay for your subscription";
  const body = [
    `<h1>${title}</h1>`,
    "<p>Your last payment did not go through. This is what is due:</p>",
    `<p class="amount">${formatAmount(total)}</p>`,
    '<form method="post"><button type="submit">Continue to secure payment</button></form>',
    '<p class="small">You will be taken to a secure page where you can pay with a new or another payment method.</p>',
  ].join("\n");
  return { title, body };
}

function plainPage({ title, text }: Words): { title: string; body: string } {
  return { title, body: `<h1>${title}</h1><p>${text}</p>` };
}

function formatAmount({ amountMinor, currency }: Money): string {
  const amount = amountMinor / 10 ** currencyExponent(currency);
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).format(amount);
  } catch {
    // Not a currency the runtime knows: the code before the number says as much.
    return `${currency.replace(/[^A-Z]/g, "")} ${amount}`;
  }
}
