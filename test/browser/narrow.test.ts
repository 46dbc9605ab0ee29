import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../../dev/docs/browser.ts";
import { composeSample, SAMPLES } from "../../dev/docs/sample-notices.ts";
import { renderSamplePage, SAMPLE_PAGES } from "../../dev/docs/sample-pages.ts";
import { type Brand, PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { TEXTS } from "../../platform/customer/texts/index.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { stubbedGateway } from "../server/stubbed-gateway.ts";

/** The narrowest phones. */
const WIDTH = 320;

/** Nothing in it can be broken between words. */
const LONG = "Donaudampfschifffahrtsgesellschaftskapitänsabonnement";

const BRAND: Brand = {
  ...PLAIN_BRAND,
  name: LONG,
  supportUrl: `https://${LONG.toLowerCase()}.example/help`,
  address: [`${LONG} GmbH`],
};

let browser: Browser;
let page: Page;
let sandbox: Sandbox;

beforeAll(async () => {
  [browser, sandbox] = await Promise.all([openBrowser(), startSandbox()]);
  const viewport = { width: WIDTH, height: 640 };
  page = await (await browser.newContext({ viewport })).newPage();
});

afterAll(async () => {
  await browser.close();
  await sandbox.close();
});

const widthOf = async (): Promise<unknown> =>
  await page.evaluate("document.documentElement.scrollWidth");

describe("on a phone of 320 pixels", () => {
  test.each(Object.keys(TEXTS))("no page or email in %s scrolls sideways", async (language) => {
    const documents = [
      ...SAMPLE_PAGES.map(({ name, page: one }) => [name, renderSamplePage(one, language, BRAND)]),
      ...SAMPLES.map((sample) => [sample.name, composeSample(sample, language, BRAND).html]),
    ];
    for (const [name, html = ""] of documents) {
      await page.setContent(html);
      expect(await widthOf(), name).toBe(WIDTH);
    }
  });

  test("no page of the sandbox scrolls sideways", async () => {
    const email = `${"customer".repeat(7)}@example.com`;
    const { subscriptionId, customerId } = await sandbox.control.createSubscription({
      onDemand: true,
      name: LONG,
      email,
    });
    await sandbox.control.charge(subscriptionId, { outcome: { decline: "EXPIRED_CARD" } });
    const post = async (path: string, body: object): Promise<Record<string, string>> => {
      const authorization = `Bearer ${sandbox.apiKey}`;
      const headers = { authorization, "content-type": "application/json" };
      const options = { method: "POST", headers, body: JSON.stringify(body) };
      return (await (await fetch(`${sandbox.url}${path}`, options)).json()) as Record<
        string,
        string
      >;
    };
    const update = await post(`/subscriptions/${subscriptionId}/update-payment-method`, {
      type: "new",
      return_url: "https://pay.example/",
    });
    const portal = await post(`/customers/${customerId}/customer-portal/session`, {});
    for (const url of [sandbox.url, update["payment_link"] ?? "", portal["link"] ?? ""]) {
      await page.goto(url);
      expect(await widthOf(), url).toBe(WIDTH);
    }
  });

  test("the documentation of the operator API does not scroll sideways", async () => {
    const { app } = stubbedGateway({ operatorKeys: [{ name: "ops", secret: "s".repeat(32) }] });
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    try {
      await page.goto(`${url}/docs`);
      await page.locator(".opblock").first().waitFor();
      expect(await widthOf()).toBe(WIDTH);
      for (const one of await page.locator(".opblock-summary-control").all()) await one.click();
      await page.locator(".opblock-body table").first().waitFor();
      expect(await widthOf(), "with every operation open").toBe(WIDTH);
    } finally {
      await app.close();
    }
  });
});
