/** The inbox as web pages: a list of the emails, and each email as its reader sees it. */
import Fastify from "fastify";
import { escapeHtml } from "../../platform/customer/html.ts";
import type { ReceivedMail } from "./received-mail.ts";

const PAGE_STYLE = `
:root{color-scheme:light dark;--ground:#fff;--ink:#1c2230;--quiet:#5a6270;--line:#e3e6ec;--accent:#1a4fd6}
@media (prefers-color-scheme:dark){:root{--ground:#12151c;--ink:#e8eaf0;--quiet:#a4adbd;--line:#303746;--accent:#7ea2ff}}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:var(--ink);background:var(--ground)}
h1{overflow-wrap:anywhere}a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
table{border-collapse:collapse;width:100%}td,th{padding:.5rem .75rem;border-bottom:1px solid var(--line);text-align:left}
iframe{width:100%;height:46rem;border:1px solid var(--line);border-radius:8px;background:#fff}
.dim{color:var(--quiet)}pre{white-space:pre-wrap;overflow-wrap:anywhere}
@media (max-width:40rem){body{margin:1rem auto}tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}
th{display:none}td{display:block;padding:0;border:0;overflow-wrap:anywhere}td.subject{font-size:1.05rem}}
`.trim();

const RELOAD_SECONDS = 3;
const NONE = "No email yet. This page refreshes automatically.";

/** `/` lists all emails, `/?to=<address>` those to one recipient; `/mails` has all of them as JSON. */
export function createInboxPage(mails: readonly ReceivedMail[]): ReturnType<typeof Fastify> {
  const app = Fastify({ forceCloseConnections: true });
  app.get("/mails", () => mails);
  app.get<{ Querystring: { to?: string } }>("/", async ({ query: { to } }, reply) => {
    const shown = to === undefined ? mails : mails.filter((mail) => mail.to === to);
    const title = to === undefined ? "Inbox" : `Inbox of ${to}`;
    const all = to === undefined ? "" : '<p><a href="/">← All emails</a></p>';
    const rows = shown.toReversed().map(rowOf).join("");
    const empty = `<tr><td colspan="3" class="dim">${NONE}</td></tr>`;
    const head = "<tr><th>Received (UTC)</th><th>To</th><th>Subject</th></tr>";
    const body = `${all}<h1>${escapeHtml(title)}</h1><table>${head}${rows || empty}</table>`;
    return await reply.type("text/html").send(layOut(title, body, RELOAD_SECONDS));
  });
  app.get<{ Params: { id: string } }>("/mails/:id", async ({ params }, reply) => {
    const mail = mails[Number(params.id) - 1];
    if (mail === undefined) {
      const missing = layOut("Not found", "<p>No such email.</p>");
      return await reply.code(404).type("text/html").send(missing);
    }
    return await reply.type("text/html").send(layOut(mail.subject, mailBody(mail)));
  });
  return app;
}

function rowOf(mail: ReceivedMail): string {
  return (
    `<tr><td class="dim">${mail.at.slice(11, 19)}</td><td>${escapeHtml(mail.to)}</td>` +
    `<td class="subject"><a href="/mails/${mail.id}">${escapeHtml(mail.subject)}</a></td></tr>`
  );
}

function mailBody(mail: ReceivedMail): string {
  return [
    '<p><a href="/">← All emails</a></p>',
    `<h1>${escapeHtml(mail.subject)}</h1>`,
    `<p class="dim">From ${escapeHtml(mail.from)} to ${escapeHtml(mail.to)}, received ${mail.at.slice(0, 19).replace("T", " ")} UTC</p>`,
    `<iframe sandbox="allow-popups allow-top-navigation-by-user-activation" srcdoc="${escapeHtml(withLinkTargets(mail.html))}"></iframe>`,
    `<h2>As plain text</h2><pre>${escapeHtml(mail.text)}</pre>`,
  ].join("\n");
}

/** Makes the email's links open outside the frame that shows it. */
function withLinkTargets(html: string): string {
  return html.replace("<head>", '<head><base target="_top">');
}

function layOut(title: string, body: string, reloadSeconds?: number): string {
  const reload =
    reloadSeconds === undefined ? "" : `<meta http-equiv="refresh" content="${reloadSeconds}">`;
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    `<meta name="viewport" content="width=device-width, initial-scale=1">${reload}` +
    `<title>${escapeHtml(title)}</title><style>${PAGE_STYLE}</style></head><body>${body}</body></html>`
  );
}
