import { createTransport } from "nodemailer";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../../dev/docs/browser.ts";
import { type Inbox, startInbox } from "../../dev/local-stack/inbox.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";

/** The narrowest phones. */
const WIDTH = 320;

let browser: Browser;
let sandbox: Sandbox;
let inbox: Inbox;

beforeAll(async () => {
  [browser, sandbox, inbox] = await Promise.all([openBrowser(), startSandbox(), startInbox()]);
  const email = "a.customer.with.a.long.name@customers-of-the-shop.example";
  const { subscriptionId } = await sandbox.control.createSubscription({ name: "Ann", email });
  await sandbox.control.charge(subscriptionId, { outcome: { decline: "EXPIRED_CARD" } });
  const smtp = createTransport(inbox.smtpUrl);
  const html = "<html><head></head><body>Hello</body></html>";
  await smtp.sendMail({ from: "shop@shop.example", to: email, subject: "Please pay", html });
  smtp.close();
});

afterAll(async () => {
  await Promise.all([browser.close(), sandbox.close(), inbox.close()]);
});

test.each(["light", "dark"] as const)(
  "the console and the inbox need no sideways scrolling on a phone and follow its colours: %s",
  async (colorScheme) => {
    const viewport = { width: WIDTH, height: 640 };
    const page = await (await browser.newContext({ viewport, colorScheme })).newPage();
    const urls = [sandbox.url, inbox.url, `${inbox.url}/mails/1`];
    for (const url of urls) {
      await page.goto(url);
      expect(await page.evaluate("document.documentElement.scrollWidth"), url).toBe(WIDTH);
      const ground = String(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
      const red = Number(/\d+/.exec(ground)?.[0]);
      expect(red < 128, `${url} ${ground}`).toBe(colorScheme === "dark");
    }
    await page.context().close();
  },
);
