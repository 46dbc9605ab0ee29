import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../../dev/docs/browser.ts";
import { PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

/** The smallest PNG. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

let system: TestSystem;
let browser: Browser;

beforeAll(async () => {
  const content = Buffer.from(PIXEL, "base64");
  const logo = { content, contentType: "image/png" } as const;
  const brand = { ...PLAIN_BRAND, name: "Lumen Press", color: "#7a2e8e", logo };
  [system, browser] = await Promise.all([startTestSystem({ brand }), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await system.close();
});

/** Creates a customer with an expired card. @returns the link in their mail */
async function mailed(name: string): Promise<{ id: string; link: string; email: string }> {
  const { control } = system.sandbox;
  const email = `${name}@example.com`;
  const { subscriptionId } = await control.createSubscription({ onDemand: true, email });
  await control.script(subscriptionId, [{ decline: "EXPIRED_CARD" }], "succeed");
  await control.charge(subscriptionId);
  await until(async () => await system.readView(subscriptionId), { what: "the recovery" });
  await system.skipTime(subscriptionId, 60_000);
  const mail = await until(() => system.inbox.mails.find(({ to }) => to.includes(email)), {
    what: "the mail",
  });
  return { id: subscriptionId, email, link: /https?:\/\/\S+\/pay\/\S+/.exec(mail.text)?.[0] ?? "" };
}

/** Null while the page loads. */
async function headingOf(page: Page): Promise<string | null> {
  const headings = await page.locator("h1").allTextContents();
  return headings[0] ?? null;
}

async function open(link: string, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  await page.goto(link);
  return page;
}

describe("the customer's page in a browser", () => {
  test.each([true, false])(
    "leads from the mail to Dodo's payment page and back, with JavaScript %s",
    async (hasScript) => {
      const { id, link } = await mailed(`ada-${hasScript}`);
      const page = await open(link, hasScript);
      expect(await page.textContent("h1")).toBe("Complete your payment");
      expect(await page.textContent(".amount")).toBe("$29.00");
      await page.click("button");
      expect(page.url()).toContain(system.sandbox.url);
      await page.locator("button").first().click();
      await page.waitForURL((url) => url.href.startsWith(system.gatewayUrl));
      // The page refreshes by itself until the payment is complete.
      await until(async () => (await headingOf(page)) === "Thank you, your payment went through", {
        what: "the thanks",
      });
      expect((await system.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
      expect((await system.runToEnd(id)).outcome).toBe("recovered");
      await page.goto(link);
      expect(await headingOf(page)).toBe("Thank you, your payment went through");
      expect(await page.locator("button").count()).toBe(0);
      await page.context().close();
    },
  );

  test("explains a decline on Dodo's payment page and offers to try again", async () => {
    const { id, link } = await mailed("grace");
    const page = await open(link, false);
    await page.click("button");
    await page.locator('input[value="generic_decline"]').check();
    await page.locator("button").first().click();
    await page.waitForURL((url) => url.href.startsWith(system.gatewayUrl));
    await until(async () => (await headingOf(page)) === "Complete your payment", {
      what: "the page to try again on",
    });
    expect(await page.textContent(".note")).toContain("you were not charged");
    await page.click("button");
    await page.locator("button").first().click();
    await until(async () => (await headingOf(page)) === "Thank you, your payment went through", {
      what: "the thanks",
    });
    expect((await system.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
    await page.context().close();
  });

  test("loads only its document and the logo, runs no script and sends no referrer", async () => {
    const { link } = await mailed("eve");
    const context = await browser.newContext();
    const page = await context.newPage();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    const response = await page.goto(link);
    const logo = new URL("../brand/logo", link).href;
    expect(requests.filter((url) => !url.endsWith("/favicon.ico"))).toEqual([link, logo]);
    expect(response?.headers()).toMatchObject({
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    expect(response?.headers()["content-security-policy"]).toContain("default-src 'none'");
    // The content security policy allows the page's own style, so the hash is right.
    const color = "getComputedStyle(document.querySelector('button')).backgroundColor";
    expect(await page.evaluate(color)).toBe("rgb(122, 46, 142)");
    const width = "document.querySelector('header img').naturalWidth";
    expect(await page.evaluate(width)).toBe(1);
    await context.close();
  });

  test("changes nothing if a scanner opens every address in the mail", async () => {
    const { id, email } = await mailed("scanner");
    const before = await system.readView(id);
    const mail = system.inbox.mails.find(({ to }) => to.includes(email));
    const found = `${mail?.html} ${mail?.text}`.match(/https?:\/\/[^\s"<>]+/g) ?? [];
    const urls = [...new Set(found)].filter((url) => url.startsWith(system.gatewayUrl));
    expect(urls.length).toBeGreaterThan(0);
    const agents = [
      {},
      { "sec-purpose": "prefetch", purpose: "prefetch" },
      { "user-agent": "facebookexternalhit/1.1" },
      { "user-agent": "Mozilla/5.0 Google-Safety; Barracuda Sentinel (EE)" },
    ];
    for (const url of urls)
      for (const headers of agents)
        for (const method of ["GET", "HEAD"]) await fetch(url, { method, headers });
    expect(await system.readView(id)).toEqual(before);
    const requests = await system.sandbox.control.requests({ subscriptionId: id });
    expect(requests.filter(({ mutating }) => mutating)).toEqual([]);
  });

  test("explains that a link is not valid", async () => {
    const page = await open(`${system.gatewayUrl}/pay/not.atoken`, false);
    expect(await page.textContent("h1")).toBe("This link is not valid");
    await page.context().close();
  });
});
