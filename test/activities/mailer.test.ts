import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createMailer, type Mail, type Mailer } from "../../activities/mail/mailer.ts";
import { type Inbox, startInbox } from "../../dev/local-stack/inbox.ts";
import { until } from "../support/until.ts";

let inbox: Inbox;
let mailer: Mailer;

beforeAll(async () => {
  inbox = await startInbox();
  mailer = createMailer(inbox.smtpUrl, "Billing <billing@merchant.example>");
});

beforeEach(() => {
  (inbox.mails as unknown[]).length = 0;
  inbox.faults.length = 0;
});

afterAll(async () => {
  mailer.close();
  await inbox.close();
});

const mail = (key = "recovery-sub_1/pay_1/payment_failed"): Mail => ({
  to: { address: "ada@example.com" },
  subject: "Your payment of €29.00 did not go through",
  text: "Hello Ada,\n\nWe could not charge €29.00.\n",
  html: "<p>Hello Ada,</p><p>We could not charge €29.00.</p>",
  key,
});

describe("a mail", () => {
  test("arrives as text and HTML, with the merchant as sender and all characters intact", async () => {
    expect((await mailer.send(mail())).kind).toBe("sent");
    expect(inbox.mails).toHaveLength(1);
    expect(inbox.mails[0]).toMatchObject({
      to: "ada@example.com",
      subject: "Your payment of €29.00 did not go through",
      text: expect.stringContaining("We could not charge €29.00."),
      html: expect.stringContaining("<p>We could not charge €29.00.</p>"),
    });
    expect(inbox.mails[0]?.from).toContain("billing@merchant.example");
  });

  test("has one message id for all tries, which does not reveal its key", async () => {
    await mailer.send(mail("a"));
    await mailer.send(mail("a"));
    await mailer.send(mail("b"));
    const [first, second, third] = inbox.mails.map(({ messageId }) => messageId);
    expect(first).toBe(second);
    expect(third).not.toBe(first);
    expect(first).toMatch(/^<[0-9a-f]{40}@merchant\.example>$/);
  });

  test("has headers for one-click unsubscribing if it has an address for it", async () => {
    await mailer.send({ ...mail("a"), unsubscribeUrl: "https://pay.example/reminders/t?lang=en" });
    await mailer.send(mail("b"));
    expect(inbox.mails.map(({ headers }) => headers["list-unsubscribe"])).toEqual([
      "<https://pay.example/reminders/t?lang=en>",
      undefined,
    ]);
    expect(inbox.mails[0]?.headers["list-unsubscribe-post"]).toBe("List-Unsubscribe=One-Click");
  });

  test.each([450, 421])(
    "throws after a temporary refusal (%i), so that it is retried",
    async (status) => {
      inbox.faults.push({ kind: "answer", status });
      await expect(mailer.send(mail())).rejects.toThrow(String(status));
      expect((await mailer.send(mail())).kind).toBe("sent");
    },
  );

  test("throws if the connection is lost before or after the server accepts it", async () => {
    for (const kind of ["drop", "take_and_drop"] as const) {
      inbox.faults.push({ kind });
      await expect(mailer.send(mail())).rejects.toThrow("could not be sent");
    }
    expect(inbox.mails).toHaveLength(1);
  });

  test("throws if no server listens", async () => {
    const nowhere = createMailer("smtp://127.0.0.1:1", "billing@merchant.example");
    await expect(nowhere.send(mail())).rejects.toThrow("no answer");
    nowhere.close();
  });

  test("has a thread, a reply address, a language and a logo, and prevents automatic replies", async () => {
    const content = Buffer.from("89504e470d0a1a0a", "hex");
    const logo = { cid: "logo@reprise", filename: "logo.png", contentType: "image/png", content };
    const notice = (key: string): Mail => ({
      ...mail(key),
      thread: "recovery-sub_1/pay_1",
      language: "fr",
      senderName: "Lumen, Press",
      replyTo: "help@merchant.example",
      attachments: [logo],
    });
    await mailer.send(notice("a"));
    await mailer.send(notice("b"));
    const [first, second] = inbox.mails;
    expect(first?.headers).toMatchObject({
      from: '"Lumen, Press" <billing@merchant.example>',
      "reply-to": "help@merchant.example",
      "auto-submitted": "auto-generated",
      "x-auto-response-suppress": "All",
      "content-language": "fr",
      references: expect.stringMatching(/^<[0-9a-f]{40}@merchant\.example>$/),
    });
    expect(second?.headers["references"]).toBe(first?.headers["references"]);
    expect(second?.messageId).not.toBe(first?.messageId);
    expect(first?.messageId).not.toBe(first?.headers["references"]);
    expect(first?.attachments).toEqual([{ cid: "logo@reprise", contentType: "image/png" }]);
  });

  test("to the operator has no thread, reply address, language or logo", async () => {
    await mailer.send(mail());
    expect(Object.keys(inbox.mails[0]?.headers ?? {})).not.toEqual(
      expect.arrayContaining(["references", "reply-to", "content-language"]),
    );
    expect(inbox.mails[0]?.from).toContain("Billing");
  });

  test("is copied to support without showing it to the customer", async () => {
    await mailer.send({ ...mail(), copyTo: "support@merchant.example" });
    await until(() => inbox.mails.length === 2, { what: "the copy" });
    const [own, copy] = inbox.mails;
    expect(own?.recipients).toEqual(["ada@example.com"]);
    expect(copy?.recipients).toEqual(["support@merchant.example"]);
    expect(copy?.to).toBe("ada@example.com");
    expect(JSON.stringify(own?.headers)).not.toContain("support@");
  });

  test("is sent once even if its copy is refused", async () => {
    inbox.faults.push({ kind: "take" }, { kind: "answer", status: 450 });
    const copyTo = "support@merchant.example";
    expect((await mailer.send({ ...mail(), copyTo })).kind).toBe("sent");
    await until(() => inbox.faults.length === 0, { what: "the refusal of the copy" });
    expect(inbox.mails).toHaveLength(1);
  });

  test("is not copied to support if it is refused", async () => {
    inbox.faults.push({ kind: "answer", status: 550, code: "5.1.1" });
    await mailer.send({ ...mail(), copyTo: "support@merchant.example" });
    await mailer.send(mail("another"));
    expect(inbox.mails.map(({ recipients }) => recipients)).toEqual([["ada@example.com"]]);
  });
});
