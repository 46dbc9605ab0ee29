/** `npm run screens`: takes the screenshots of the docs from the running demo, in a real browser. */
import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { readEnv } from "../../config/env.ts";
import { type Demo, demoPorts, runDemo, startDemo } from "../demo/demo-interactive.ts";
import { createCleanup, onInterrupt } from "../process/cleanup.ts";
import { openBrowser } from "./browser.ts";

const FOLDER = "docs/screens";
const SKIPS_TIMEOUT_MS = 60_000;
const POLL_MS = 500;
/** The Web UI polls and never becomes idle. A page of it is complete within this time. */
const WEB_UI_LOAD_MS = 5_000;

/** Columns of the list of workflows. A person sets them under "Configure columns", and the browser keeps them. */
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

const cleanup = createCleanup();
void onInterrupt(cleanup, "Stopping …").then(() => process.exit(130));
try {
  const browser = await openBrowser();
  cleanup.add(() => browser.close());
  const lines: string[] = [];
  const options = {
    env: readEnv(),
    cleanup,
    ports: await demoPorts(true),
    print: (line: string): void => void lines.push(line),
  };
  console.log("Running the demo …");
  const demo = await startDemo(options);
  const [max = "", nora = "", olga = ""] = await runDemo(demo, options);
  await captureTerminal(browser, lines.join("\n"));
  await failCharges(demo, { max, nora, olga });
  await captureConsole(browser, demo);
  await captureMail(browser, demo);
  await captureWebUi(browser, demo, max);
  console.log("Done. Look at the pictures before you commit them.");
} finally {
  await cleanup.run();
}

async function openPage(browser: Browser, width: number, height: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  return await context.newPage();
}

async function save(page: Page, name: string, fullPage = false): Promise<void> {
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage });
  console.log(`${FOLDER}/${name}.png`);
}

/** The first and the last lines of the output, which has about two hundred. */
async function captureTerminal(browser: Browser, output: string): Promise<void> {
  const lines = output.trimEnd().split("\n");
  const shown = lines.length <= 56 ? lines : [...lines.slice(0, 36), "⋮", ...lines.slice(-20)];
  const text = ["$ npm run demo", "", ...shown].join("\n").replaceAll("&", "&amp;");
  const page = await openPage(browser, 1080, 400);
  await page.setContent(
    '<body style="margin:0;background:#14161b"><pre style="margin:0;padding:20px 24px;' +
      `color:#d6dae3;font:13px/1.5 'DejaVu Sans Mono',monospace">${text}</pre></body>`,
  );
  await save(page, "demo", true);
  await page.context().close();
}

/** Fails three more charges and skips time until each has led to an email. The recoveries stay open. */
async function failCharges(
  { stack, pace }: Demo,
  ids: Readonly<Record<"max" | "nora" | "olga", string>>,
): Promise<void> {
  const { control } = stack.sandbox;
  await control.charge(ids.max, { outcome: { decline: "INSUFFICIENT_FUNDS" } });
  await control.charge(ids.nora, { outcome: { decline: "EXPIRED_CARD" } });
  await control.charge(ids.olga, { outcome: { decline: "INVALID_AMOUNT" } });
  const skipUntilMail = async (id: string, recipient: string): Promise<void> => {
    const deadline = performance.now() + SKIPS_TIMEOUT_MS;
    while (!stack.inbox.mails.some(({ to }) => to.startsWith(`${recipient}@`))) {
      if (performance.now() > deadline) throw new Error(`no email to ${recipient} came in time`);
      await pace.skipToNext(id);
      await delay(POLL_MS);
    }
  };
  await skipUntilMail(ids.max, "max");
  await skipUntilMail(ids.olga, "operator");
  await skipUntilMail(ids.nora, "nora");
}

async function captureConsole(browser: Browser, { stack }: Demo): Promise<void> {
  const page = await openPage(browser, 1280, 860);
  await page.goto(stack.sandbox.url);
  await save(page, "console");
  await page.context().close();
}

async function captureMail(browser: Browser, { stack }: Demo): Promise<void> {
  const { inbox } = stack;
  const page = await openPage(browser, 1000, 700);
  await page.goto(inbox.url);
  await save(page, "inbox");
  const mail = inbox.mails.find(({ to }) => to.startsWith("nora@"));
  if (mail === undefined) throw new Error("there is no email to Nora");
  await page.setViewportSize({ width: 1000, height: 800 });
  await page.goto(`${inbox.url}/mails/${mail.id}`);
  await page.frameLocator("iframe").locator("a").first().waitFor();
  await save(page, "mail");
  const link = /https?:\/\/\S+\/pay\/\S+/.exec(mail.text)?.[0];
  if (link === undefined) throw new Error(`the email "${mail.subject}" has no link`);
  await page.setViewportSize({ width: 480, height: 620 });
  await page.goto(link);
  await save(page, "page");
  await page.context().close();
}

async function captureWebUi(browser: Browser, { temporal }: Demo, id: string): Promise<void> {
  const page = await openPage(browser, 1440, 860);
  const columns = JSON.stringify({ default: COLUMNS.map((label) => ({ label })) });
  await page.addInitScript(
    `localStorage.setItem("namespace-workflow-table-columns", ${JSON.stringify(columns)})`,
  );
  const workflows = `${temporal.uiUrl ?? ""}/namespaces/default/workflows`;
  const capture = async (path: string, name: string): Promise<void> => {
    await page.goto(`${workflows}${path}`);
    await delay(WEB_UI_LOAD_MS);
    await save(page, name);
  };
  await capture("", "web-ui-list");
  await capture(`/recovery-${id}`, "web-ui-recovery");
  // The UI has redirected to the page of the run: its other tabs are siblings of it.
  await page.goto(`${page.url().replace(/\/[^/]+$/, "")}/user-metadata`);
  await delay(WEB_UI_LOAD_MS);
  await save(page, "web-ui-story");
  await page.context().close();
}
