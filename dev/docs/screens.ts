/** Makes the pictures of the docs from the running demo, in a real browser: `npm run screens`. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { readEnv } from "../../config/env.ts";
import type { ReceivedMail } from "../local-stack/inbox.ts";
import { startProcess } from "../process/child-process.ts";
import { openBrowser } from "./browser.ts";

const FOLDER = "docs/screens";
const DEMO_TIMEOUT_MS = 300_000;
const SKIPS_TIMEOUT_MS = 60_000;
const POLL_MS = 500;
/** The Web UI never falls idle: it polls. This long is enough for a page of it. */
const WEB_UI_SETTLES_MS = 5_000;

/** What the list shows: set in the Web UI by hand under "Configure columns"; kept by the browser. */
const COLUMNS = [
  "Status",
  "Workflow ID",
  "RecoveryState",
  "RecoveryOutcome",
  "DeclineCode",
  "AmountDue",
  "Currency",
  "NextAttemptAt",
];

type Addresses = { readonly webUi: string; readonly inbox: string; readonly sandbox: string };

const env = readEnv();
const folder = mkdtempSync(join(tmpdir(), "reprise-screens-"));
const logFile = join(folder, "demo.log");
const demo = startProcess({
  command: process.execPath,
  args: [join(import.meta.dirname, "../demo/demo.js"), "--free-ports"],
  env: { PATH: env["PATH"] ?? "", HOME: env["HOME"] ?? "", TMPDIR: folder },
  logFile,
});
const browser = await openBrowser();
try {
  console.log("the demo plays …");
  const output = await untilPlayed();
  const at = addressesIn(output);
  await shootTerminal(output);
  const ids = await beginAgain(at);
  await shootInbox(at);
  await shootWebUi(at, ids);
  console.log("look at them");
} finally {
  await browser.close();
  await demo.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function untilPlayed(): Promise<string> {
  return await poll("the demo has played", DEMO_TIMEOUT_MS, () => {
    const output = readFileSync(logFile, "utf8");
    if (output.includes("The demo failed")) throw new Error(output);
    return output.includes("Everything stays up") ? output : null;
  });
}

async function poll<T>(
  what: string,
  timeoutMs: number,
  look: () => T | null | Promise<T | null>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== null) return found;
    await delay(POLL_MS);
  }
  throw new Error(`not within ${timeoutMs / 1_000} s: ${what}`);
}

function addressesIn(output: string): Addresses {
  const before = (what: string): string => {
    const url = new RegExp(String.raw`(http://\S+) +${what}`).exec(output)?.[1];
    if (url === undefined) throw new Error(`the demo printed no address of its ${what}`);
    return url;
  };
  return {
    webUi: before("Temporal Web UI"),
    inbox: before("inbox"),
    sandbox: before("sandbox console"),
  };
}

async function openPage(width: number, height: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  return await context.newPage();
}

async function save(page: Page, name: string, fullPage = false): Promise<void> {
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage });
  console.log(`${FOLDER}/${name}.png`);
}

/** The first lines and the last, as nobody reads two hundred. */
async function shootTerminal(output: string): Promise<void> {
  const lines = output.trimEnd().split("\n");
  const shown = lines.length <= 56 ? lines : [...lines.slice(0, 36), "⋮", ...lines.slice(-20)];
  const text = ["$ npm run demo", "", ...shown].join("\n").replaceAll("&", "&amp;");
  const page = await openPage(1080, 400);
  await page.setContent(
    '<body style="margin:0;background:#14161b"><pre style="margin:0;padding:20px 24px;' +
      `color:#d6dae3;font:13px/1.5 'DejaVu Sans Mono',monospace">${text}</pre></body>`,
  );
  await save(page, "demo", true);
  await page.context().close();
}

type Ids = Readonly<Record<"max" | "nora" | "olga", string>>;

/** Three more charges fail, by the buttons of the console; their recoveries stay open. */
async function beginAgain({ sandbox, inbox }: Addresses): Promise<Ids> {
  const page = await openPage(1280, 860);
  await page.goto(sandbox);
  const fail = async (name: string, code: string): Promise<string> => {
    const section = page.locator("section", { hasText: new RegExp(String.raw`\b${name}@`) });
    const id = await section.getAttribute("id");
    await section.locator("select").selectOption(code);
    await section.getByText("Charge, to fail with this code").click();
    return id ?? "";
  };
  const ids = {
    max: await fail("max", "INSUFFICIENT_FUNDS"),
    nora: await fail("nora", "EXPIRED_CARD"),
    olga: await fail("olga", "INVALID_AMOUNT"),
  };
  const skipUntil = async (id: string, sign: string, isSeen: () => Promise<boolean>) =>
    await poll(sign, SKIPS_TIMEOUT_MS, async () => {
      await page.locator(`[id="${id}"]`).getByText("Skip to the next event").click();
      return (await isSeen()) || null;
    });
  const isMailed = async (name: string): Promise<boolean> =>
    (await mailsIn(inbox)).some(({ to }) => to.startsWith(`${name}@`));
  await skipUntil(ids.max, "a mail to Max", () => isMailed("max"));
  await skipUntil(ids.olga, "a mail to the operator", () => isMailed("operator"));
  await skipUntil(ids.nora, "a mail to Nora", () => isMailed("nora"));
  await page.goto(sandbox);
  await save(page, "console");
  await page.context().close();
  return ids;
}

async function shootInbox({ inbox }: Addresses): Promise<void> {
  const page = await openPage(1000, 700);
  await page.goto(inbox);
  await save(page, "inbox");
  // The first of those to a customer whose card has expired.
  const mail = (await mailsIn(inbox)).find(({ to }) => to.startsWith("nora@"));
  if (mail === undefined) throw new Error("no mail to Nora");
  await page.setViewportSize({ width: 1000, height: 800 });
  await page.goto(`${inbox}/mails/${mail.id}`);
  await page.frameLocator("iframe").locator("a").first().waitFor();
  await save(page, "mail");
  const link = /https?:\/\/\S+\/pay\/\S+/.exec(mail.text)?.[0];
  if (link === undefined) throw new Error(`no link in the mail: ${mail.subject}`);
  await page.setViewportSize({ width: 480, height: 620 });
  await page.goto(link);
  await save(page, "page");
  await page.context().close();
}

async function mailsIn(inbox: string): Promise<ReceivedMail[]> {
  return (await (await fetch(`${inbox}/mails`)).json()) as ReceivedMail[];
}

async function shootWebUi({ webUi }: Addresses, ids: Ids): Promise<void> {
  const page = await openPage(1440, 860);
  const columns = JSON.stringify({ default: COLUMNS.map((label) => ({ label })) });
  await page.addInitScript(
    `localStorage.setItem("namespace-workflow-table-columns", ${JSON.stringify(columns)})`,
  );
  const workflows = `${webUi}/namespaces/default/workflows`;
  const shoot = async (path: string, name: string): Promise<void> => {
    await page.goto(`${workflows}${path}`);
    await delay(WEB_UI_SETTLES_MS);
    await save(page, name);
  };
  await shoot("", "web-ui-list");
  await shoot(`/recovery-${ids.max}`, "web-ui-recovery");
  await page.goto(`${page.url().replace(/\/[^/]+$/, "")}/user-metadata`);
  await delay(WEB_UI_SETTLES_MS);
  await save(page, "web-ui-story");
  await page.context().close();
}
