import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { plainAddressOf } from "../../activities/mail/mailbox.ts";
import { createMailer, type Mail, type Mailer } from "../../activities/mail/mailer.ts";
import { faultOf, type RefusalFault, type SmtpStage } from "../../activities/mail/smtp-refusals.ts";
import { type Inbox, type SmtpStep, startInbox } from "../../dev/local-stack/inbox.ts";

const FROM = "Billing <billing@merchant.example>";
const ADDRESS = "ada@example.com";

let inbox: Inbox;
let mailers: Mailer[];

beforeAll(async () => {
  inbox = await startInbox();
});
beforeEach(() => {
  mailers = [];
  (inbox.mails as unknown[]).length = 0;
  (inbox.asked as unknown[]).length = 0;
  inbox.faults.length = 0;
  for (const step of Object.keys(inbox.refusals)) delete inbox.refusals[step as SmtpStep];
});
afterAll(() => inbox.close());

const mail = (address = ADDRESS): Mail => ({
  to: { address },
  subject: "Your payment of €29.00 did not go through",
  text: "Hello",
  html: "<p>Hello</p>",
  key: "recovery-sub_1/pay_1/payment_failed",
});

/** Sends one mail over a connection of its own, signed in. @returns the outcome, or the error's text and all that it carries */
async function sendOnce(message: Mail = mail(), from = FROM): Promise<unknown> {
  const mailer = createMailer(inbox.smtpUrl.replace("//", "//user:secret@"), from, 5_000);
  mailers.push(mailer);
  try {
    return await mailer.send(message);
  } catch (error) {
    return { thrown: error instanceof Error ? error.message : "", cause: (error as Error).cause };
  } finally {
    mailer.close();
  }
}

type Step = SmtpStep | "message";

function refuse(step: Step, status: number, code?: string): void {
  const refusal = { status, ...(code === undefined ? {} : { code }) };
  if (step === "message") inbox.faults.push({ kind: "answer", ...refusal });
  else inbox.refusals[step] = refusal;
}

describe("a refusal by a mail server", () => {
  test.each<[Step, number, string | undefined, string]>([
    ["greeting", 554, undefined, "SMTP 554 at the greeting"],
    ["sign_in", 535, "5.7.8", "SMTP 535 5.7.8 at sign-in"],
    ["sender", 550, "5.7.1", "SMTP 550 5.7.1 at MAIL FROM"],
    ["sender", 530, undefined, "SMTP 530 at MAIL FROM"],
    ["sender", 550, "5.1.1", "SMTP 550 5.1.1 at MAIL FROM"],
    ["recipient", 550, "5.1.90", "SMTP 550 5.1.90 at RCPT TO"],
    ["recipient", 550, "5.7.1", "SMTP 550 5.7.1 at RCPT TO"],
    ["recipient", 554, undefined, "SMTP 554 at RCPT TO"],
    ["data", 550, "5.4.5", "SMTP 550 5.4.5 at DATA"],
    ["message", 554, undefined, "SMTP 554 at the end of the message"],
    ["message", 554, "5.7.0", "SMTP 554 5.7.0 at the end of the message"],
    ["message", 550, undefined, "SMTP 550 at the end of the message"],
  ])(
    "at %s with %i %s concerns the sender, so the mail is kept and tried again",
    async (step, status, code, said) => {
      refuse(step, status, code);
      expect(await sendOnce()).toEqual({
        thrown: `the mail server refuses the sender (${said})`,
        cause: undefined,
      });
      if (step !== "message") delete inbox.refusals[step];
      expect(await sendOnce()).toMatchObject({ kind: "sent" });
    },
  );

  test.each<[Step, number, string | undefined, string]>([
    ["recipient", 550, undefined, "SMTP 550 at RCPT TO"],
    ["recipient", 550, "5.1.1", "SMTP 550 5.1.1 at RCPT TO"],
    ["recipient", 550, "5.1.2", "SMTP 550 5.1.2 at RCPT TO"],
    ["recipient", 501, "5.1.3", "SMTP 501 5.1.3 at RCPT TO"],
    ["recipient", 550, "5.1.10", "SMTP 550 5.1.10 at RCPT TO"],
    ["recipient", 550, "5.2.1", "SMTP 550 5.2.1 at RCPT TO"],
    ["recipient", 550, "5.4.1", "SMTP 550 5.4.1 at RCPT TO"],
    ["message", 550, "5.1.1", "SMTP 550 5.1.1 at the end of the message"],
    ["message", 552, "5.2.2", "SMTP 552 5.2.2 at the end of the message"],
  ])(
    "at %s with %i %s concerns the recipient, so the mail is rejected",
    async (step, status, code, detail) => {
      refuse(step, status, code);
      expect(await sendOnce()).toEqual({ kind: "rejected", detail });
    },
  );

  test.each<[Step, number, string | undefined, string]>([
    ["greeting", 421, undefined, "SMTP 421 at the greeting"],
    ["sign_in", 454, "4.7.0", "SMTP 454 4.7.0 at sign-in"],
    ["recipient", 450, "4.2.1", "SMTP 450 4.2.1 at RCPT TO"],
    ["message", 452, "4.3.1", "SMTP 452 4.3.1 at the end of the message"],
  ])("at %s with %i %s is temporary", async (step, status, code, said) => {
    refuse(step, status, code);
    expect(await sendOnce()).toEqual({
      thrown: `the mail could not be sent (${said})`,
      cause: undefined,
    });
  });

  test("leaves no address in the error, which histories record", async () => {
    refuse("recipient", 450, `4.2.1 <${ADDRESS}> is full`);
    expect(JSON.stringify(await sendOnce())).not.toContain(ADDRESS);
  });

  test("is judged by its enhanced code where that is clear, and by its stage elsewhere", () => {
    const fault = (stage: SmtpStage, status: number, enhanced: string | null): RefusalFault =>
      faultOf({ stage, status, enhanced });
    expect(fault("recipient", 550, "5.1.8")).toBe("sender");
    expect(fault("recipient", 550, "5.5.0")).toBe("recipient");
    expect(fault("recipient", 503, "5.5.1")).toBe("sender");
    expect(fault("hello", 550, null)).toBe("sender");
    expect(fault("message", 550, "5.6.0")).toBe("sender");
    expect(fault("recipient", 450, "5.1.1")).toBe("passing");
  });
});

describe("the recipient of a mail", () => {
  test.each([
    "ada@example.com, eve@example.net",
    "team: ada@example.com, eve@example.net;",
    "ada@example.com\r\nRCPT TO:<eve@example.net>",
    "ada@example.com\r\nBcc: eve@example.net",
    "Ada <ada@example.com>, Eve <eve@example.net>",
    "ada@example.com eve@example.net",
    "ada@example.com;eve@example.net",
    '"ada@example.com, "@example.net',
    "<ada@example.com>",
    "ada@example.com(eve@example.net)",
    `${"a".repeat(250)}@example.com`,
    "ada",
    "",
    null,
  ])("is nobody if Dodo has %j for an address", (text) => {
    expect(plainAddressOf(text)).toBeNull();
  });

  test.each(["ada@example.com", " ada@example.com ", "o'hara+x@example.com", "用户@例子.example"])(
    "is the customer if Dodo has %j for an address",
    (text) => expect(plainAddressOf(text)).toBe(text.trim()),
  );

  test.each([
    "ada@example.com, eve@example.net",
    "team: ada@example.com, eve@example.net;",
    "ada@example.com\r\nRCPT TO:<eve@example.net>",
  ])("is never another one, even if the mailer itself is given %j", async (address) => {
    await sendOnce(mail(address));
    expect(inbox.asked).not.toContain("eve@example.net");
    expect(inbox.mails.flatMap(({ recipients }) => recipients)).not.toContain("eve@example.net");
  });

  test("and the sender are one mailbox each, whatever signs their names have", async () => {
    await sendOnce(
      { ...mail(), replyTo: "help@merchant.example" },
      "Acme, Inc. <billing@acme.example>",
    );
    const [received] = inbox.mails;
    expect(received?.headers).toMatchObject({
      from: '"Acme, Inc." <billing@acme.example>',
      to: ADDRESS,
      "reply-to": "help@merchant.example",
    });
    expect(received?.messageId).toMatch(/@acme\.example>$/);
  });
});
