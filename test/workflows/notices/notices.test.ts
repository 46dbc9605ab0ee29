import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ReceivedMail } from "../../../dev/local-stack/received-mail.ts";
import { PLAIN_BRAND } from "../../../platform/customer/brand.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

const KIDS = { ...PLAIN_BRAND, name: "Lumen Kids", from: "Lumen Kids <pay@kids.example>" };
const LOGO = Buffer.from("89504e470d0a1a0a", "hex");
let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem({
    brand: {
      ...PLAIN_BRAND,
      name: "Lumen Press",
      logo: { content: LOGO, contentType: "image/png" },
      senderName: "Lumen Press Billing",
      replyTo: "help@lumen.example",
      bcc: "support@lumen.example",
      others: { bus_kids: KIDS },
    },
  });
});
afterAll(() => system.close());

type Customer = Parameters<TestSystem["sandbox"]["control"]["createSubscription"]>[0];

const failing = async (email: string, decline: string, customer: Customer): Promise<string> =>
  await failedCharge(system, [{ decline }], { email, ...customer });

const toCustomer = (email: string): readonly ReceivedMail[] =>
  system.inbox.mails.filter(({ recipients }) => recipients.includes(email));

describe("the mails of a recovery over SMTP", () => {
  test("use the language in the metadata and the merchant's name, form one thread, and are copied to support", async () => {
    const email = "camille@example.com";
    const id = await failing(email, "EXPIRED_CARD", { metadata: { reprise_language: "fr" } });
    await until(() => toCustomer(email).length === 1, { what: "the first mail" });
    const [first] = toCustomer(email);
    expect(first?.subject).toMatch(/^Merci de finaliser votre paiement de/);
    expect(first?.text).toContain("La carte a expiré.");
    expect(first?.html).toContain('lang="fr"');
    expect(first?.headers).toMatchObject({
      from: expect.stringContaining("Lumen Press Billing <billing@merchant.example>"),
      "reply-to": "help@lumen.example",
      "content-language": "fr",
    });
    expect(first?.attachments).toEqual([{ cid: "logo@reprise", contentType: "image/png" }]);
    const link = /http\S+\/pay\/\S+/.exec(first?.text ?? "")?.[0] ?? "";
    expect(new URL(link).searchParams.get("lang")).toBe("fr");
    await until(
      () =>
        system.inbox.mails.some(({ recipients }) => recipients.includes("support@lumen.example")),
      { what: "the copy" },
    );
    await fetch(link, { method: "POST", redirect: "manual" });
    await system.sandbox.control.payAsCustomer(id, { card: "good" });
    expect((await system.runToEnd(id)).outcome).toBe("recovered");
    const mails = toCustomer(email);
    expect(mails.at(-1)?.subject).toMatch(/^Merci\s: votre paiement/);
    expect(new Set(mails.map(({ headers }) => headers["references"])).size).toBe(1);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(mails.length);
  });

  test("tell two subscriptions of one price and card apart by their products, and write by brand", async () => {
    const { customerId } = await system.sandbox.control.createCustomer({
      email: "two@example.com",
    });
    const long = "Lumen Weekly, the illustrated edition with all its supplements";
    for (const given of [
      { productId: "pdt_daily", productName: "Lumen Daily" },
      { productId: "pdt_long", productName: long },
      { productId: "pdt_kids", productName: "Lumen\u202e Kids", brandId: "bus_kids" },
    ]) {
      const before = toCustomer("two@example.com").length;
      await failing("two@example.com", "EXPIRED_CARD", { customerId, ...given });
      await until(() => toCustomer("two@example.com").length > before, { what: "the mail" });
    }
    const mails = toCustomer("two@example.com");
    const plain = "Please complete your payment of $29.00";
    expect(mails.map(({ subject }) => subject)).toEqual([
      `${plain} – Lumen Daily`,
      plain,
      `${plain} – Lumen Kids`,
    ]);
    expect(mails.map(({ text }) => /Product: (.*)/.exec(text)?.[1])).toEqual([
      "Lumen Daily",
      "Lumen Weekly, the illustrated edition with all its suppleme…",
      "Lumen Kids",
    ]);
    const [daily, , kids] = mails;
    expect(daily?.headers["from"]).toBe("Lumen Press Billing <billing@merchant.example>");
    expect(kids?.headers).toMatchObject({ from: "Lumen Kids <pay@kids.example>" });
    expect(kids?.messageId).toMatch(/@kids\.example>$/);
    expect(kids?.attachments).toEqual([]);
    const link = /http\S+\/pay\/\S+/.exec(kids?.text ?? "")?.[0] ?? "";
    expect(new URL(link).searchParams.get("brand")).toBe("bus_kids");
  });

  test("use the billing country's language and time zone if the metadata names none", async () => {
    const email = "hanako@example.com";
    await failing(email, "STOLEN_CARD", { country: "JP" });
    await until(() => toCustomer(email).length === 1, { what: "the mail" });
    const [mail] = toCustomer(email);
    expect(mail?.subject).toMatch(/のお支払い手続きをお願いいたします（Sandbox plan）$/);
    expect(mail?.text).toMatch(/お支払い期限：.*JST/);
    expect(mail?.text).toContain("承認されませんでした");
  });

  test("use the customer's own language if the subscription names none, and leave a link out of the greeting", async () => {
    const email = "mallory@example.com";
    const { customerId } = await system.sandbox.control.createCustomer({
      email,
      name: "Win at https://evil.example",
      metadata: { reprise_language: "de-AT", reprise_timezone: "Europe/Vienna" },
    });
    const metadata = { reprise_language: "no such language" };
    await failing(email, "CARD_DECLINED", { customerId, metadata });
    await until(() => toCustomer(email).length === 1, { what: "the mail" });
    const [mail] = toCustomer(email);
    expect(mail?.text).toContain("Guten Tag,\n");
    expect(mail?.text).toMatch(/Zu zahlen bis: .* (?:MEZ|MESZ)\n/);
    expect(`${mail?.html}${mail?.text}`).not.toContain("evil");
  });
});
