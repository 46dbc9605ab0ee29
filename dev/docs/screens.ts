/** `npm run screens`: takes the screenshots of the docs from the running demo, in a real browser. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { webUiLists } from "../../cli/text/web-ui-lists.ts";
import { readEnv } from "../../config/env.ts";
import { runStories, startDemo } from "../demo/demo-run.ts";
import { addExtraCustomers, addressLines, tryLines } from "../demo/demo-texts.ts";
import { requireVerdict } from "../demo/demo-verdict.ts";
import { type Demo, subscribe } from "../demo/story.ts";
import { createCleanup, onInterrupt } from "../process/cleanup.ts";
import { readOptions } from "../process/options.ts";
import { freePort } from "../process/ports.ts";
import { recoveryUrl } from "../temporal/web-ui.ts";
import { openBrowser } from "./browser.ts";
import { commandLineOutput } from "./command-line/picture.ts";
import { dashboardText } from "./dashboard/dashboard-text.ts";
import { findPrometheus, type Prometheus, startPrometheus } from "./dashboard/prometheus.ts";
import { terminalPage } from "./terminal-page.ts";

/** The Web UI polls and never becomes idle. A page of it is complete within this time. */
const WEB_UI_LOAD_MS = 5_000;
const PRESSES_MAX = 6;
/** A recovery's steps until its next attempt. */
const STEPS_MAX = 12;
/** A press waits until the recovery has handled it, also on a busy machine. */
const PRESS_TIMEOUT_MS = 200_000;
/** A recovery in a list of the Web UI. */
const ROW = "a[href*=recovery-sub_]";
const PHONE = { width: 390, height: 844 } as const;

const USAGE = `npm run screens -- [--folder docs/screens]
  --folder   where the pictures are written`;

const { values } = readOptions(USAGE, { folder: { type: "string", default: "docs/screens" } });

const cleanup = createCleanup();
void onInterrupt(cleanup, "Stopping …").then(() => process.exit(130));
try {
  mkdirSync(values.folder, { recursive: true });
  const browser = await openBrowser();
  cleanup.add(() => browser.close());
  const lines: string[] = [];
  const options = {
    env: readEnv(),
    cleanup,
    ports: null,
    print: (line: string): void => void lines.push(line),
    hasColours: true,
    operatorSecret: "the-key-of-this-run-0123456789abcdef",
    variables: {
      GATEWAY_METRICS_ADDRESS: `127.0.0.1:${await freePort("127.0.0.1")}`,
      WORKER_METRICS_ADDRESS: `127.0.0.1:${await freePort("127.0.0.1")}`,
    },
  };
  console.log("Running the demo …");
  const demo = await startDemo(options);
  const prometheus = await startScraping(options.variables);
  lines.push(...addressLines(demo));
  requireVerdict(await runStories(demo, options));
  const [max = "", nora = "", olga = ""] = await addExtraCustomers(demo);
  lines.push(...tryLines(demo, options.operatorSecret));
  await captureTerminal(browser, "demo", "npm run demo", lines.join("\n"));
  await captureConsole(browser, demo, { max, nora, olga });
  await captureCommandLine(browser, demo, options.operatorSecret, olga);
  await captureDoctor(browser, demo);
  await captureMail(browser, demo);
  await captureWebUi(browser, demo, max);
  await captureWebUiLists(browser, demo, max);
  if (prometheus !== null) {
    // Each process reads its gauges once a minute.
    await prometheus.until("max(reprise_charges_unknown) > 0");
    const output = await dashboardText(prometheus);
    await captureTerminal(browser, "dashboard", null, output, 900, Infinity);
  }
  console.log("Done. Look at the pictures before you commit them.");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await cleanup.run();
}

async function openPage(
  browser: Browser,
  viewport: { readonly width: number; readonly height: number },
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport, ...options });
  return await context.newPage();
}

async function save(page: Page, name: string, fullPage = false): Promise<void> {
  const path = join(values.folder, `${name}.png`);
  await page.screenshot({ path, fullPage });
  console.log(path);
}

/** @returns null where Prometheus is not installed */
async function startScraping(
  variables: Readonly<Record<"GATEWAY_METRICS_ADDRESS" | "WORKER_METRICS_ADDRESS", string>>,
): Promise<Prometheus | null> {
  const command = findPrometheus();
  if (command === null) {
    console.log("No picture of the dashboard: Prometheus is not installed.");
    return null;
  }
  const { GATEWAY_METRICS_ADDRESS: gateway, WORKER_METRICS_ADDRESS: worker } = variables;
  const prometheus = await startPrometheus(command, { gateway, worker }, cleanup);
  // `increase()` needs a sample from before the first event.
  await prometheus.until("count(reprise_build_info) == 2");
  return prometheus;
}

async function captureTerminal(
  browser: Browser,
  name: string,
  command: string | null,
  output: string,
  width = 860,
  linesMax?: number,
): Promise<void> {
  const page = await openPage(browser, { width, height: 400 });
  await page.setContent(terminalPage(command, output, linesMax));
  await save(page, name, true);
  await page.context().close();
}

async function captureCommandLine(
  browser: Browser,
  { stack }: Demo,
  operatorSecret: string,
  subscriptionId: string,
): Promise<void> {
  const env = { REPRISE_URL: stack.gatewayUrl, REPRISE_API_KEY: operatorSecret };
  const help = await commandLineOutput(env, [["--help"]]);
  await captureTerminal(browser, "help", "reprise --help", help);
  const list = ["list"];
  const output = await commandLineOutput(env, [list, ["show", subscriptionId]]);
  await captureTerminal(browser, "command-line", `reprise ${list.join(" ")}`, output, 1_080);
}

async function captureDoctor(browser: Browser, { stack, webUi }: Demo): Promise<void> {
  const env = { ...stack.env.gateway, ...stack.env.worker, TEMPORAL_UI_URL: webUi.url };
  const output = await commandLineOutput(env, [["doctor"]]);
  await captureTerminal(browser, "doctor", "reprise doctor", output, 1_080);
}

/** Fails three more charges in the console, as a person does, and skips time until each has led to an email. */
async function captureConsole(
  browser: Browser,
  { stack }: Demo,
  ids: Readonly<Record<"max" | "nora" | "olga", string>>,
): Promise<void> {
  const page = await openPage(browser, { width: 1280, height: 980 });
  page.setDefaultTimeout(PRESS_TIMEOUT_MS);
  await page.goto(stack.sandbox.url);
  const press = async (id: string, label: string): Promise<void> => {
    const loaded = page.waitForEvent("load");
    await page.locator(`#${id}`).getByRole("button", { name: label, exact: true }).click();
    await loaded;
  };
  const decline = async (id: string, code: string): Promise<void> => {
    await page.locator(`#${id} select[name=code]`).selectOption(code);
    await press(id, "Charge and decline");
  };
  const skipUntilMail = async (id: string, recipient: string): Promise<void> => {
    const hasMail = (): boolean => stack.inbox.mails.some(({ to }) => to.startsWith(recipient));
    for (let presses = 0; !hasMail(); presses += 1) {
      if (presses === PRESSES_MAX) throw new Error(`no email to ${recipient} came`);
      await press(id, "Skip to the next step");
    }
  };
  await decline(ids.nora, "EXPIRED_CARD");
  await skipUntilMail(ids.nora, "nora@");
  // No email: the operator got one about this cause less than an hour ago.
  await decline(ids.olga, "INVALID_AMOUNT");
  await press(ids.olga, "Skip to the next step");
  await decline(ids.max, "INSUFFICIENT_FUNDS");
  await skipUntilMail(ids.max, "max@");
  await page.locator(`#${ids.max} select[name=choice]`).selectOption("succeed");
  await press(ids.max, "Set");
  await press(ids.max, "Skip to the next step");
  await page.evaluate("scrollTo(0, 0)");
  await save(page, "console");
  await page.context().close();
  const phone = await openPage(browser, PHONE, { colorScheme: "dark" });
  await phone.goto(`${stack.sandbox.url}/#${ids.max}`);
  await save(phone, "console-phone");
  await phone.goto(stack.inbox.url);
  await save(phone, "inbox-phone");
  await phone.context().close();
}

async function captureMail(browser: Browser, { stack }: Demo): Promise<void> {
  const { inbox } = stack;
  const page = await openPage(browser, { width: 1000, height: 700 });
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

async function captureWebUi(
  browser: Browser,
  { temporal, webUi }: Demo,
  id: string,
): Promise<void> {
  const page = await openPage(browser, { width: 1600, height: 860 });
  await page.goto(webUi.recoveriesUrl);
  await delay(WEB_UI_LOAD_MS);
  await save(page, "web-ui-list");
  await page.goto(recoveryUrl(webUi.url, temporal.namespace, id));
  await delay(WEB_UI_LOAD_MS);
  await save(page, "web-ui-recovery");
  // The UI has redirected to the page of the run: its other tabs are siblings of it.
  await page.goto(`${page.url().replace(/\/[^/]+$/, "")}/user-metadata`);
  await delay(WEB_UI_LOAD_MS);
  await save(page, "web-ui-story");
  await page.context().close();
}

/** The ready-made lists, each with a recovery in it. The last one is of the day on which the customer's next attempt is due. */
async function captureWebUiLists(browser: Browser, demo: Demo, id: string): Promise<void> {
  const { temporal, webUi, clock } = demo;
  await makeUnknownCharge(demo);
  const dueAt = (await clock.settle(id))?.view.next.at ?? Date.now();
  const page = await openPage(browser, { width: 1600, height: 520 });
  // It sets the columns.
  await page.goto(webUi.recoveriesUrl);
  await delay(WEB_UI_LOAD_MS);
  for (const { name, url } of webUiLists(webUi.url, temporal.namespace, dueAt)) {
    await page.goto(url);
    await page.locator(ROW).first().waitFor({ timeout: PRESS_TIMEOUT_MS });
    await delay(WEB_UI_LOAD_MS);
    await save(page, `web-ui-${name.replaceAll(" ", "-")}`);
  }
  await page.context().close();
}

/** Fails a charge, and loses the answer to the next attempt. */
async function makeUnknownCharge({ stack, clock }: Demo): Promise<void> {
  const { control } = stack.sandbox;
  const { subscriptionId } = await subscribe(control, "Pia");
  await control.charge(subscriptionId, { outcome: { decline: "INSUFFICIENT_FUNDS" } });
  const route = "/subscriptions/:id/charge";
  await control.addFault({
    kind: "drop_before",
    method: "POST",
    route,
    subscriptionId,
    times: 100,
  });
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const settled = await clock.settle(subscriptionId);
    if (settled?.view.recovery.charge?.phase === "unknown") return;
    const at = settled?.view.next.at ?? null;
    if (at !== null) await clock.skipTo(subscriptionId, at);
  }
  throw new Error("no charge of Pia became unknown");
}
