/** The frame and the style sheet of every page. */
import { html, type Html } from "./html.ts";

const STYLE = `
:root{color-scheme:light dark;
--ground:#f4f5f7;--sheet:#fff;--ink:#1b2130;--quiet:#5b6475;--line:#dfe3ea;--accent:#1a4fd6;--warn:#fff4d6;--warn-ink:#6b4e00;--answer:#e6efff}
@media (prefers-color-scheme:dark){:root{
--ground:#12151c;--sheet:#1c212c;--ink:#e8eaf0;--quiet:#a4adbd;--line:#303746;--accent:#7ea2ff;--warn:#3a3113;--warn-ink:#f3dd9a;--answer:#22304d}}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;background:var(--ground);color:var(--ink)}
.sandbox{background:var(--warn);color:var(--warn-ink);text-align:center;padding:.4rem 1rem;font-size:.875rem}
main{margin:0 auto;padding:2rem 1rem 4rem}
.narrow{max-width:30rem}.wide{max-width:78rem}
section,.sheet{background:var(--sheet);border:1px solid var(--line);border-radius:10px;padding:1.25rem 1.5rem;margin:0 0 1.25rem}
h1{font-size:1.4rem;line-height:1.3;margin:0 0 .5rem}h2{font-size:1.05rem;margin:0 0 .6rem}
p{margin:0 0 1rem}.quiet{color:var(--quiet);font-size:.9rem}
.amount{font-size:2rem;font-weight:700;margin:.5rem 0 1rem}
label.choice{display:flex;gap:.6rem;align-items:center;padding:.55rem .75rem;border:1px solid var(--line);border-radius:8px;margin:0 0 .5rem;cursor:pointer}
label.choice:has(:checked){border-color:var(--accent)}
label.choice small{margin-left:auto;white-space:nowrap;color:var(--quiet);font-variant-numeric:tabular-nums}
button{padding:.35rem .7rem;border:1px solid var(--line);border-radius:7px;background:transparent;color:inherit;font:inherit;font-size:.9rem;cursor:pointer}
button.main{width:100%;margin-bottom:.75rem;padding:.8rem;border:0;background:var(--accent);color:#fff;font-size:1rem;font-weight:600;margin-top:.5rem}
@media (prefers-color-scheme:dark){button.main{color:#10131a}}
select{padding:.3rem;border:1px solid var(--line);border-radius:7px;background:var(--sheet);color:inherit;font:inherit;font-size:.9rem}
select,label{max-width:100%}p,h2{overflow-wrap:anywhere}
form.inline{display:inline-flex;flex-wrap:wrap;align-items:center;gap:.35rem;margin:0 .35rem .35rem 0;max-width:100%;font-size:.9rem}
button.strong{border-color:var(--accent);color:var(--accent);font-weight:600}
a{color:var(--accent)}
.answer{background:var(--answer);border-radius:8px;padding:.6rem .9rem;margin:0 0 .75rem}.answer p{margin:0}
dl{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:0 0 .6rem;font-size:.9rem}dl div{display:flex;gap:.4rem}
dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
.links{font-size:.9rem;margin:0 0 .6rem}.links a{margin-right:.9rem;white-space:nowrap}
.actions{margin:0 0 .4rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}th{text-align:left;font-weight:600;color:var(--quiet)}
th,td{padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
code{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.85em;overflow-wrap:anywhere}
.status{display:inline-block;padding:0 .5rem;border-radius:99px;border:1px solid var(--line);font-size:.8rem}
.status.on_hold,.status.past_due{background:var(--warn);color:var(--warn-ink);border-color:transparent}
.scroll{overflow-x:auto}.scroll code{overflow-wrap:normal}
section{scroll-margin-top:.5rem}
@media (max-width:34rem){main{padding:1rem .6rem 3rem}section,.sheet{padding:1rem}
th{display:none}tr{display:block;padding:.35rem 0;border-bottom:1px solid var(--line)}
td{display:inline-block;padding:0 .75rem 0 0;border:0}}
`.trim();

export function page(title: string, width: "narrow" | "wide", body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${{ html: STYLE }}
        </style>
      </head>
      <body>
        <div class="sandbox">Sandbox: this is not Dodo Payments, and no money moves.</div>
        <main class="${width}">${body}</main>
      </body>
    </html> `.html;
}

export const PAGE_TYPE = "text/html; charset=utf-8";

/** Formats minor units for display; currencies such as JPY have none. */
export function money(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  const { maximumFractionDigits } = format.resolvedOptions();
  return format.format(amountMinor / 10 ** (maximumFractionDigits ?? 2));
}
