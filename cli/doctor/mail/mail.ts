import { createMailer, type Mail } from "../../../activities/mail/mailer.ts";
import { describeRefusal, faultOf } from "../../../activities/mail/smtp-refusals.ts";
import { messageOf } from "../../../platform/error-message.ts";
import { mailboxOf } from "../../../platform/mailbox.ts";
import { type Check, fail, type Finding, ok, unknown, warn } from "../check.ts";
import { type Settings, whyAbsent } from "../settings.ts";
import { openDialogue, type SmtpDialogue, type SmtpStepResult } from "./smtp-dialogue.ts";

const hostOf = ({ worker }: Settings): string => new URL(worker.smtpUrl).host;

/** Connects and signs in; sends nothing. */
export const smtpCheck: Check = {
  name: "mail.connection",
  what: "Mail server",
  requests: 4,
  run: async ({ settings, timeoutMs }) => {
    if (!settings.has("SMTP_URL")) {
      return unknown(whyAbsent(settings, "SMTP_URL"), "Run it with the worker's variables.");
    }
    const opened = await openDialogue(settings.worker.smtpUrl, timeoutMs);
    if (opened.kind === "unanswered") {
      return fail(
        `${hostOf(settings)} does not accept a connection (${opened.detail}).`,
        "Check SMTP_URL: host, port, and smtps:// where the port speaks TLS at once.",
      );
    }
    if (opened.kind === "refused") {
      const detail = describeRefusal(opened.refusal);
      return opened.refusal.stage === "sign_in"
        ? fail(
            `${hostOf(settings)} refuses the sign-in (${detail}).`,
            "Correct the user and the password in SMTP_URL.",
          )
        : fail(
            `${hostOf(settings)} refuses the connection (${detail}).`,
            "Ask whoever runs the mail server.",
          );
    }
    opened.dialogue.close();
    const signedIn = opened.isSignedIn
      ? "accepts the sign-in"
      : "accepts connections; no user is set";
    return ok(`${hostOf(settings)} ${signedIn}.`);
  },
};

/** `EMAIL_FROM`, and the sender of each brand that has one. */
function sendersOf({ worker }: Settings): readonly string[] {
  const { brand, emailFrom } = worker;
  const all = [emailFrom, brand.from, ...Object.values(brand.others).map(({ from }) => from)];
  return [...new Set(all.flatMap((one) => (one === null ? [] : [mailboxOf(one).address])))];
}

/** Names each sender and a recipient of yours, and takes it back before a message. */
export const senderCheck: Check = {
  name: "mail.sender",
  what: "Sender",
  requests: 10,
  run: async ({ settings, timeoutMs }) => {
    for (const name of ["SMTP_URL", "EMAIL_FROM"]) {
      if (!settings.has(name)) return unknown(whyAbsent(settings, name));
    }
    const opened = await openDialogue(settings.worker.smtpUrl, timeoutMs);
    if (opened.kind !== "open")
      return unknown("The mail server accepts no connection or no sign-in.");
    try {
      return await trySenders(opened.dialogue, settings);
    } finally {
      opened.dialogue.close();
    }
  },
};

async function trySenders(dialogue: SmtpDialogue, settings: Settings): Promise<Finding> {
  const { operatorEmail } = settings.worker;
  const senders = sendersOf(settings);
  const doubts: Finding[] = [];
  for (const sender of senders) {
    const recipient = operatorEmail === null ? sender : mailboxOf(operatorEmail).address;
    const finding = findingOf(sender, recipient, await dialogue.tryEnvelope(sender, recipient));
    if (finding?.status === "fail") return finding;
    if (finding !== null) doubts.push(finding);
  }
  return doubts[0] ?? ok(`The server accepts ${senders.join(", ")}; no mail was sent.`);
}

/** @returns null where the server accepts the sender */
function findingOf(sender: string, recipient: string, result: SmtpStepResult): Finding | null {
  if (result.kind === "done") return null;
  if (result.kind === "unanswered") return unknown(`The server broke off (${result.detail}).`);
  const detail = describeRefusal(result.refusal);
  switch (faultOf(result.refusal)) {
    case "sender":
      return fail(
        `The server refuses ${sender} (${detail}): no mail goes out.`,
        "Set EMAIL_FROM to an address that this account may send from, or allow it at the mail server.",
      );
    case "recipient":
      return warn(
        `The server has nothing against ${sender}, but does not accept mail to ${recipient} (${detail}).`,
        "Correct OPERATOR_EMAIL.",
      );
    case "passing":
      return unknown(`The server does not decide now (${detail}).`, "reprise doctor");
  }
}

export const operatorMailCheck: Check = {
  name: "mail.operator",
  what: "Operator's mail",
  run: ({ settings }) => {
    const { operatorEmail } = settings.worker;
    if (settings.problems.some(({ name }) => name === "OPERATOR_EMAIL")) {
      return unknown(whyAbsent(settings, "OPERATOR_EMAIL"));
    }
    if (operatorEmail !== null) return ok(`Alerts go to ${operatorEmail}.`);
    return settings.missing.has("SMTP_URL")
      ? unknown(whyAbsent(settings, "OPERATOR_EMAIL"))
      : warn("Nobody is told when a recovery needs a person.", "Set OPERATOR_EMAIL.");
  },
};

/** The only check that sends something, and only if it is asked to. */
export const testMailCheck: Check = {
  name: "mail.test",
  what: "Test mail",
  requests: 6,
  run: async ({ settings, timeoutMs, sendTo, now }) => {
    if (sendTo === null)
      return unknown("None was sent.", "reprise doctor --send-to you@example.com");
    for (const name of ["SMTP_URL", "EMAIL_FROM"]) {
      if (!settings.has(name)) return unknown(whyAbsent(settings, name));
    }
    const { smtpUrl, emailFrom, brand } = settings.worker;
    const mailer = createMailer(smtpUrl, brand.from ?? emailFrom, timeoutMs);
    try {
      const outcome = await mailer.send(testMail(sendTo, now()));
      return outcome.kind === "sent"
        ? ok(`Sent to ${sendTo}: look whether it arrives, and not as spam.`)
        : fail(
            `The server does not accept mail to ${sendTo} (${outcome.detail}).`,
            "Correct the address.",
          );
    } catch (error) {
      return fail(messageOf(error), "See the lines about the mail server and the sender.");
    } finally {
      mailer.close();
    }
  },
};

const TEST_TEXT =
  "reprise doctor sent this mail. Reprise's mails to customers and to the operator leave by the same server and sender.";

function testMail(to: string, now: number): Mail {
  return {
    to: mailboxOf(to),
    subject: "A test mail of Reprise",
    text: `${TEST_TEXT}\n`,
    html: `<p>${TEST_TEXT}</p>`,
    key: `doctor/${now}`,
  };
}
