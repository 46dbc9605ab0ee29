import { HtmlValidate } from "html-validate";
import { describe, expect, test } from "vitest";
import { debtIdOf, parsePaymentId, parseSubscriptionId } from "../../domain/values/ids.ts";
import { money } from "../../domain/values/money.ts";
import { type Brand, PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { TEXTS } from "../../platform/customer/texts/index.ts";
import { signLink } from "../../platform/link-token.ts";
import { createLog } from "../../platform/log.ts";
import { buildApp } from "../../server/app.ts";
import { acceptedLanguages } from "../../server/customer/browser-recipient.ts";
import type { DebtView, LinkResult, Recoveries } from "../../server/temporal/recoveries.ts";

const SUBSCRIPTION = parseSubscriptionId("sub_1") ?? ("" as never);
const DEBT = debtIdOf(parsePaymentId("pay_1") ?? ("" as never));
const NOW = Date.UTC(2026, 9, 5);
const LINKS = { keys: [Buffer.alloc(32, 9)] };
const OWED: DebtView = { kind: "owed", total: money(2_900, "USD"), handledPayments: [] };
const CHECKOUT = "https://checkout.example/pay_2";

const token = (expiresAt = NOW + 60_000): string =>
  signLink(LINKS, { subscriptionId: SUBSCRIPTION, debtId: DEBT, expiresAt });

type World = {
  readonly view?: DebtView | Error;
  readonly link?: LinkResult | Error;
  readonly stopped?: boolean | Error;
  readonly brand?: Partial<Brand>;
};

/** The gateway over a recovery that answers as told; `asked` counts what could change something. */
function gateway({
  view = OWED,
  link = { kind: "page", url: CHECKOUT },
  stopped = true,
  brand,
}: World = {}) {
  const asked = { links: 0, views: 0, stops: 0 };
  const answer = async <T>(what: T | Error): Promise<T> => {
    if (what instanceof Error) throw what;
    return await Promise.resolve(what);
  };
  const recoveries: Recoveries = {
    tell: async () => await Promise.resolve("told"),
    view: async () => {
      asked.views += 1;
      return await answer(view);
    },
    createPaymentLink: async () => {
      asked.links += 1;
      return await answer(link);
    },
    stopReminders: async () => {
      asked.stops += 1;
      return await answer(stopped);
    },
    isReachable: async () => await Promise.resolve(true),
  };
  const app = buildApp({
    verify: () => ({ kind: "invalid" }) as never,
    recoveries,
    checkouts: { tell: () => Promise.reject(new Error("not asked")) } as never,
    operatorKeys: [],
    desk: undefined as never,
    charges: undefined as never,
    charging: undefined as never,
    mandates: undefined as never,
    proofs: undefined as never,
    links: LINKS,
    brand: { ...PLAIN_BRAND, ...brand },
    publicUrl: "https://pay.example",
    log: createLog("fatal", "gateway"),
    now: () => NOW,
  });
  return { app, asked };
}

type App = ReturnType<typeof gateway>["app"];

const get = async (app: App, query = "", headers: Record<string, string> = {}) =>
  await app.inject({ method: "GET", url: `/pay/${token()}${query}`, headers });
const press = async (app: App, headers: Record<string, string> = {}) =>
  await app.inject({ method: "POST", url: `/pay/${token()}`, headers });

const heading = (html: string): string => /<h1>(.*?)<\/h1>/.exec(html)?.[1] ?? "";

describe("the customer's page", () => {
  test("shows what is owed, and what the button does", async () => {
    const { app } = gateway();
    const { statusCode, body } = await get(app);
    expect(statusCode).toBe(200);
    expect(heading(body)).toBe("Complete your payment");
    expect(body).toContain('<p class="amount">$29.00</p>');
    expect(body).toContain('<form method="post" action="?lang=en">');
    expect(body).toContain("You are charged only after you confirm there.");
  });

  test.each<[string, World, number, string]>([
    ["owed", {}, 200, "Complete your payment"],
    [
      "in flight",
      { view: { kind: "being_processed", total: money(1, "USD") } },
      200,
      "Your payment is being processed",
    ],
    ["paid", { view: { kind: "paid" } }, 200, "Thank you, your payment went through"],
    ["cancelled", { view: { kind: "cancelled" } }, 200, "This subscription has ended"],
    ["not owed", { view: { kind: "nothing_owed" } }, 200, "There is nothing to pay here"],
    ["out of reach", { view: new Error("no worker") }, 503, "This page is temporarily unavailable"],
  ])("of a debt that is %s says so", async (_, world, status, title) => {
    const { app } = gateway(world);
    const { statusCode, body, headers } = await get(app);
    expect([statusCode, heading(body)]).toEqual([status, title]);
    expect(headers["retry-after"]).toBe(status === 503 ? "60" : undefined);
  });

  test.each<[LinkResult, DebtView, number, string]>([
    [
      { kind: "refused", code: "nothing_owed" },
      { kind: "paid" },
      409,
      "Thank you, your payment went through",
    ],
    [
      { kind: "refused", code: "nothing_owed" },
      { kind: "cancelled" },
      409,
      "This subscription has ended",
    ],
    [
      { kind: "refused", code: "stale_link" },
      { kind: "nothing_owed" },
      409,
      "There is nothing to pay here",
    ],
    [{ kind: "refused", code: "nothing_owed" }, OWED, 409, "There is nothing to pay here"],
    [{ kind: "refused", code: "being_processed" }, OWED, 409, "Your payment is being processed"],
    [{ kind: "refused", code: "not_now" }, OWED, 503, "This page is temporarily unavailable"],
    [
      { kind: "refused", code: "method_blocked" },
      OWED,
      503,
      "This page is temporarily unavailable",
    ],
  ])("answers a press that came to %j while it is %j", async (link, view, status, title) => {
    const { app } = gateway({ link, view });
    const { statusCode, body } = await press(app);
    expect([statusCode, heading(body)]).toEqual([status, title]);
  });

  test("leads a press to Dodo's page, with no way back into our address", async () => {
    const { app } = gateway();
    const { statusCode, headers } = await press(app);
    expect(statusCode).toBe(303);
    expect(headers["location"]).toBe(CHECKOUT);
    expect(headers["referrer-policy"]).toBe("no-referrer");
  });

  test("that cannot ask the recovery says that nothing was charged", async () => {
    const { app } = gateway({ link: new Error("Temporal is down") });
    const { statusCode, body } = await press(app);
    expect(statusCode).toBe(503);
    expect(body).toContain("Nothing was charged on this page.");
  });

  test("of a link that has expired is gone, and presses nothing", async () => {
    const { app, asked } = gateway();
    for (const method of ["GET", "POST"] as const) {
      const { statusCode, body } = await app.inject({ method, url: `/pay/${token(NOW - 1)}` });
      expect([statusCode, heading(body)]).toEqual([410, "This link has expired"]);
    }
    expect(asked).toEqual({ links: 0, views: 0, stops: 0 });
  });
});

describe("“no more reminders”", () => {
  const url = (expiresAt?: number): string => `/reminders/${token(expiresAt)}?lang=de`;

  test("is a button first, which no scanner presses", async () => {
    const { app, asked } = gateway();
    for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] as const) {
      await app.inject({ method, url: url() });
    }
    const { statusCode, body } = await app.inject({ method: "GET", url: url() });
    expect([statusCode, heading(body)]).toEqual([200, "Erinnerungen an diese Zahlung beenden?"]);
    expect(body).toContain('<form method="post" action="?lang=de">');
    expect(asked).toEqual({ links: 0, views: 0, stops: 0 });
  });

  test.each([
    ["application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"],
    [
      "multipart/form-data; boundary=b",
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--',
    ],
  ])("takes a mail program's one press, as %s", async (type, payload) => {
    const { app, asked } = gateway();
    const headers = { "content-type": type };
    const { statusCode, body } = await app.inject({ method: "POST", url: url(), payload, headers });
    expect([statusCode, heading(body)]).toEqual([200, "Sie erhalten keine Erinnerungen mehr"]);
    expect(asked.stops).toBe(1);
  });

  test.each([
    ["the recovery cannot say yet", { stopped: false }],
    ["Temporal is out of reach", { stopped: new Error("down") }],
  ])("is not promised while %s", async (_, world) => {
    const { statusCode, body } = await gateway(world).app.inject({ method: "POST", url: url() });
    expect([statusCode, heading(body)]).toEqual([
      503,
      "Diese Seite ist vorübergehend nicht verfügbar",
    ]);
  });

  test("needs a link of ours that has not expired, and patience", async () => {
    const { app, asked } = gateway();
    const post = async (path: string) =>
      (await app.inject({ method: "POST", url: path })).statusCode;
    expect(await post(url(NOW - 1))).toBe(410);
    expect(await post(`/reminders/${token()}x`)).toBe(404);
    expect(asked.stops).toBe(0);
    const statuses: number[] = [];
    for (let count = 0; count < 22; count += 1) statuses.push(await post(url()));
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  });
});

describe("back from Dodo's page", () => {
  test("the customer sees that it is being processed, and the page looks by itself", async () => {
    const { app } = gateway();
    const { body, headers } = await get(app, "?lang=fr&payment_id=pay_2&status=succeeded");
    expect(heading(body)).toBe("Votre paiement est en cours de traitement");
    expect(headers["refresh"]).toBe("5; url=?lang=fr&payment_id=pay_2&look=1");
    expect(body).toContain('href="?lang=fr&amp;payment_id=pay_2&amp;look=1"');
  });

  test("it looks ever less often, and in the end offers to pay again", async () => {
    const { app } = gateway();
    const look = async (count: string): Promise<unknown[]> => {
      const { body, headers } = await get(app, `?payment_id=pay_2&look=${count}`);
      return [heading(body), headers["refresh"]?.toString().split(";")[0]];
    };
    expect(await look("24")).toEqual(["Your payment is being processed", "30"]);
    expect(await look("84")).toEqual(["Complete your payment", undefined]);
    expect(await look("-1")).toEqual(["Your payment is being processed", "5"]);
  });

  test("a payment that is under way is followed for as long as it takes", async () => {
    const { app } = gateway({ view: { kind: "being_processed", total: money(1, "USD") } });
    const { headers } = await get(app, "?look=9999");
    expect(headers["refresh"]).toBe("600; url=?look=10000");
  });

  test.each([
    ["Dodo says so", "?payment_id=pay_2&status=failed", OWED],
    ["the recovery knows", "?payment_id=pay_2", { ...OWED, handledPayments: ["pay_2"] }],
  ])("a decline is said kindly, and can be tried again, once %s", async (_, query, view) => {
    const { app } = gateway({ view });
    const { body, headers } = await get(app, query);
    expect(body).toContain("This payment was not approved, and you were not charged.");
    expect(body).toContain('type="submit"');
    expect(headers["refresh"]).toBeUndefined();
  });

  test("what the address claims makes nothing paid", async () => {
    const { app } = gateway({ view: { kind: "nothing_owed" } });
    const { body } = await get(app, "?payment_id=pay_2&status=succeeded");
    expect(heading(body)).toBe("There is nothing to pay here");
  });
});

describe("whoever asks", () => {
  test("by GET or HEAD, as scanners, prefetchers and link previews do, changes nothing", async () => {
    const { app, asked } = gateway();
    const agents = [
      {},
      { "sec-purpose": "prefetch;prerender", purpose: "prefetch" },
      { "user-agent": "Slackbot-LinkExpanding 1.0" },
      { "user-agent": "Mozilla/5.0 (compatible; proofpoint)", "x-moz": "prefetch" },
    ];
    for (const headers of agents)
      for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"] as const) {
        await app.inject({
          method,
          url: `/pay/${token()}?status=succeeded&payment_id=pay_9`,
          headers,
        });
      }
    expect(asked.links).toBe(0);
    expect(asked.views).toBe(8);
  });

  test.each([
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "same-origin" }, 303],
    [{ "sec-fetch-site": "none" }, 303],
    [{ origin: "https://evil.example" }, 403],
    [{ origin: "null" }, 303],
    [{ origin: "https://pay.example" }, 303],
    [{}, 303],
  ])("presses from another site's form are refused: %j", async (headers, status) => {
    const { app, asked } = gateway();
    expect((await press(app, headers as Record<string, string>)).statusCode).toBe(status);
    expect(asked.links).toBe(status === 303 ? 1 : 0);
  });

  test("presses more often than a person does has to wait, and others do not", async () => {
    const { app, asked } = gateway();
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1) statuses.push((await press(app)).statusCode);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 303), 429, 429]);
    expect(asked.links).toBe(10);
    const other = signLink(LINKS, {
      subscriptionId: SUBSCRIPTION,
      debtId: debtIdOf(parsePaymentId("pay_7") ?? ("" as never)),
      expiresAt: NOW + 60_000,
    });
    expect((await app.inject({ method: "POST", url: `/pay/${other}` })).statusCode).toBe(303);
  });

  test("sends more than a button does is not read", async () => {
    const { app, asked } = gateway();
    const payload = "x".repeat(2_000);
    const { statusCode } = await app.inject({ method: "POST", url: `/pay/${token()}`, payload });
    expect(statusCode).toBe(413);
    expect(asked.links).toBe(0);
  });

  test("with any of 1,000 tokens that are not ours gets one and the same page, and the recovery hears nothing", async () => {
    const { app, asked } = gateway();
    const good = token();
    const [body = "", mac = ""] = good.split(".");
    const others = [token(NOW + 61_000), token(NOW + 62_000)];
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const changed = (at: number): string => {
      const letter = letters[(letters.indexOf(good[at] ?? "") + 1 + random(60)) % letters.length];
      return good.slice(0, at) + (letter ?? "A") + good.slice(at + 1);
    };
    const makers: ((index: number) => string)[] = [
      () => changed(random(good.length)),
      () => good.slice(0, 1 + random(good.length - 1)),
      (index) => `${others[index % 2]?.split(".")[0] ?? ""}.${mac}`,
      (index) => `${body}.${others[index % 2]?.split(".")[1] ?? ""}`,
      () => `${body}.${Buffer.from(mac).toString("base64url")}`,
      () => Array.from({ length: 1 + random(300) }, () => letters[random(64)]).join(""),
    ];
    const pages = new Set<string>();
    for (let index = 0; index < 1_000; index += 1) {
      const tampered = makers[index % makers.length]?.(index) ?? "";
      if (tampered === good) continue;
      const method = index % 2 === 0 ? "GET" : "POST";
      const path = index % 3 === 0 ? "reminders" : "pay";
      const { statusCode, body: page } = await app.inject({ method, url: `/${path}/${tampered}` });
      pages.add(`${statusCode} ${page}`);
    }
    expect(pages.size).toBe(1);
    expect([...pages][0]).toMatch(/^404 /);
    expect(asked).toEqual({ links: 0, views: 0, stops: 0 });
  });
});

describe("the page's language", () => {
  test.each([
    ["?lang=ja", "de", "ja"],
    ["", "de-AT,fr;q=0.9", "de"],
    ["", "nl;q=0.9, pt-BR;q=0.8, *;q=0.1", "pt"],
    ["?lang=nope", "hi", "hi"],
    ["?lang=zh-TW", "", "en"],
    ["?lang=fr&lang=de", "", "en"],
    ["", "x".repeat(5_000), "en"],
  ])("%s with %j is %s", async (query, accepted, language) => {
    const { app } = gateway();
    const { body, headers } = await get(app, query, { "accept-language": accepted });
    expect(body).toContain(`<html lang="${language}"`);
    expect(headers["content-language"]).toBe(language);
    expect(body).toContain(TEXTS[language]?.["page.owed.button"]);
  });

  test("is wanted in the order of the browser's weights", () => {
    expect(acceptedLanguages("fr;q=0.2, en-GB, de;q=0.7, *;q=0.1, es;q=0, ;")).toEqual([
      "en-GB",
      "de",
      "fr",
    ]);
    expect(acceptedLanguages(undefined)).toEqual([]);
    expect(acceptedLanguages("fr;q=x")).toEqual([]);
  });
});

const EVERY_PAGE: readonly [string, World, string][] = [
  ["owed", {}, ""],
  ["declined", {}, "?payment_id=pay_2&status=failed"],
  ["being processed", {}, "?payment_id=pay_2"],
  ["paid", { view: { kind: "paid" } }, ""],
  ["cancelled", { view: { kind: "cancelled" } }, ""],
  ["nothing owed", { view: { kind: "nothing_owed" } }, ""],
  ["unavailable", { view: new Error("down") }, ""],
];

describe("as HTML, every page", () => {
  const validator = new HtmlValidate({
    extends: ["html-validate:recommended"],
    rules: {
      "void-style": "off",
      "doctype-style": "off",
      "no-trailing-whitespace": "off",
      "long-title": "off",
    },
  });
  const brand: Partial<Brand> = {
    name: 'Lumen & "Sons"',
    logo: { content: Buffer.from("89504e470d0a1a0a", "hex"), contentType: "image/png" },
    supportUrl: "https://lumen.example/help?a=1&b=2",
    color: "#ffd400",
  };

  test.each(EVERY_PAGE)(
    "%s is valid, small, and runs and fetches nothing else than a logo",
    async (_, world, query) => {
      const { app } = gateway({ ...world, brand });
      for (const language of Object.keys(TEXTS)) {
        const lang = query === "" ? `?lang=${language}` : `${query}&lang=${language}`;
        const { body, headers } = await get(app, lang);
        const report = validator.validateStringSync(body);
        expect(
          report.results.flatMap(({ messages }) => messages.map(({ message }) => message)),
        ).toEqual([]);
        expect(Buffer.byteLength(body)).toBeLessThan(30_000);
        expect(body).not.toMatch(/<script|<link|@import|url\(|style="| on\w+=|null|undefined/);
        expect(body.match(/src="[^"]*"/g)).toEqual(['src="../brand/logo"']);
        expect(headers).toMatchObject({
          "cache-control": "no-store",
          "referrer-policy": "no-referrer",
          "x-content-type-options": "nosniff",
        });
        const policy = String(headers["content-security-policy"]);
        expect(policy).toMatch(
          /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self'; form-action 'self' https:;/,
        );
        expect(policy).not.toContain("unsafe");
      }
    },
  );

  test("has the merchant's name, colour and logo, and words on it that can be read", async () => {
    const { app } = gateway({ brand });
    const { body } = await get(app);
    expect(body).toContain("--brand:#ffd400;--on-brand:#000000");
    expect(body).toContain('alt="Lumen &amp; &quot;Sons&quot;"');
    const logo = await app.inject({ url: "/brand/logo" });
    expect(logo.headers["content-type"]).toBe("image/png");
    expect(logo.rawPayload).toEqual(brand.logo?.content);
    expect((await gateway().app.inject({ url: "/brand/logo" })).statusCode).toBe(404);
  });
});
