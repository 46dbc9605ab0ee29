import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createMailer, type Mail, type Mailer } from "../../activities/mailer.ts";
import { startInbox, type Inbox } from "../../local/inbox.ts";

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
  to: "ada@example.com",
  subject: "Your payment of €29.00 did not go through",
  text: "Hello Ada,\n\nWe could not charge €29.00.\n",
  html: "<p>Hello Ada,</p><p>We could not charge €29.00.</p>",
  key,
});

describe("a mail", () => {
  test("arrives as text and HTML, from the merchant, with its letters whole", async () => {
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

  test("has the same message id at each try, another one for another notice, and gives nothing away", async () => {
    await mailer.send(mail("a"));
    await mailer.send(mail("a"));
    await mailer.send(mail("b"));
    const [first, second, third] = inbox.mails.map(({ messageId }) => messageId);
    expect(first).toBe(second);
    expect(third).not.toBe(first);
    expect(first).toMatch(/^<[0-9a-f]{40}@merchant\.example>$/);
  });

  test.each([450, 421])("refused for now with %i throws, to be tried again", async (status) => {
    inbox.faults.push({ kind: "answer", status });
    await expect(mailer.send(mail())).rejects.toThrow(String(status));
    expect((await mailer.send(mail())).kind).toBe("sent");
  });

  test.each([550, 552])("refused for good with %i is an answer, not an outage", async (status) => {
    inbox.faults.push({ kind: "answer", status });
    expect(await mailer.send(mail())).toEqual({ kind: "rejected", detail: `SMTP ${status}` });
  });

  test("whose connection is lost before or after the server took it throws", async () => {
    for (const kind of ["drop", "take_and_drop"] as const) {
      inbox.faults.push({ kind });
      await expect(mailer.send(mail())).rejects.toThrow("could not be sent");
    }
    expect(inbox.mails).toHaveLength(1);
  });

  test("throws where no server listens", async () => {
    const nowhere = createMailer("smtp://127.0.0.1:1", "billing@merchant.example");
    await expect(nowhere.send(mail())).rejects.toThrow("no answer");
    nowhere.close();
  });
});
