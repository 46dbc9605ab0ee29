import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../../local/browser.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { until } from "../support/temporal.ts";

let stage: Stage;
let browser: Browser;

beforeAll(async () => {
  [stage, browser] = await Promise.all([openStage(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await stage.close();
});

/** A customer whose card has expired, and the link in the mail they got. */
async function mailed(name: string): Promise<{ id: string; link: string }> {
  const { control } = stage.sandbox;
  const email = `${name}@example.com`;
  const { subscriptionId } = await control.createSubscription({ onDemand: true, email });
  await control.script(subscriptionId, [{ decline: "EXPIRED_CARD" }], "succeed");
  await control.charge(subscriptionId);
  await until(async () => await stage.view(subscriptionId), { what: "the recovery" });
  await stage.skip(subscriptionId, 60_000);
  const mail = await until(() => stage.inbox.mails.find(({ to }) => to.includes(email)), {
    what: "the mail",
  });
  return { id: subscriptionId, link: /https?:\/\/\S+\/pay\/\S+/.exec(mail.text)?.[0] ?? "" };
}

async function open(link: string, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  await page.goto(link);
  return page;
}

describe("the customer's page in a browser", () => {
  test.each([true, false])(
    "leads from the mail to Dodo's page and back, with JavaScript %s",
    async (hasScript) => {
      const { id, link } = await mailed(`ada-${hasScript}`);
      const page = await open(link, hasScript);
      expect(await page.textContent("h1")).toBe("Pay for your subscription");
      expect(await page.textContent(".amount")).toBe("$29.00");
      await page.click("button");
      expect(page.url()).toContain(stage.sandbox.url);
      await page.locator("button").first().click();
      await page.waitForURL((url) => url.href.startsWith(stage.gatewayUrl));
      await until(async () => (await stage.sandbox.control.ledgerOf(id)).succeeded === 1, {
        what: "the payment",
      });
      expect((await stage.play(id)).outcome).toBe("recovered");
      await page.goto(link);
      expect(await page.textContent("h1")).toBe("Nothing is due");
      await page.context().close();
    },
  );

  test("asks for one document and nothing else, runs no script and sends no referrer", async () => {
    const { link } = await mailed("eve");
    const context = await browser.newContext();
    const page = await context.newPage();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    const response = await page.goto(link);
    expect(requests.filter((url) => !url.endsWith("/favicon.ico"))).toEqual([link]);
    expect(response?.headers()).toMatchObject({
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    expect(response?.headers()["content-security-policy"]).toContain("default-src 'none'");
    await context.close();
  });

  test("opened by a scanner changes nothing", async () => {
    const { id, link } = await mailed("scanner");
    const before = await stage.view(id);
    for (const method of ["GET", "HEAD", "GET"]) await fetch(link, { method });
    expect(await stage.view(id)).toEqual(before);
    const requests = await stage.sandbox.control.requests({ subscriptionId: id });
    expect(requests.filter(({ mutating }) => mutating)).toEqual([]);
  });

  test("says kindly what is wrong with a link that is not good", async () => {
    const page = await open(`${stage.gatewayUrl}/pay/not.atoken`, false);
    expect(await page.textContent("h1")).toBe("This link is not valid");
    await page.context().close();
  });
});
