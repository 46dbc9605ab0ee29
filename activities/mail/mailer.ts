import { createHash } from "node:crypto";
import nodemailer, { type SendMailOptions } from "nodemailer";
import { OwnError } from "../../domain/values/own-error.ts";
import { type Mailbox, mailboxOf } from "../../platform/mailbox.ts";
import { describeRefusal, faultOf, refusalIn } from "./smtp-refusals.ts";

export type Mail = {
  /** The only recipient. */
  readonly to: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same for each try to send this mail. */
  readonly key: string;
  /** Mail clients group the mails of one thread. */
  readonly thread?: string;
  /** BCP 47. */
  readonly language?: string;
  /** Replaces the sender, `Name <address>`. */
  readonly from?: string | null;
  /** Replaces the name in the sender's address. */
  readonly senderName?: string | null;
  readonly replyTo?: string | null;
  /** Gets a separate copy, so that a rejected copy does not affect the customer's mail. */
  readonly copyTo?: string | null;
  readonly attachments?: readonly Attachment[];
  /** For one-click unsubscribing. */
  readonly unsubscribeUrl?: string | null;
};

/** An image inside the mail; the HTML refers to it by `cid:`. */
export type Attachment = {
  readonly cid: string;
  readonly filename: string;
  readonly content: Buffer;
  readonly contentType: string;
};

export type MailOutcome =
  | { readonly kind: "sent"; readonly messageId: string }
  /** The server refuses this recipient permanently. */
  | { readonly kind: "rejected"; readonly detail: string };

/**
 * The mail did not go out, and the same mail may go out later. Histories record errors, so it has no cause: a server's words
 * often repeat the recipient's address.
 */
export class MailNotSentError extends OwnError {
  override readonly name: string = "MailNotSentError";
}

/** The server refuses the sender: our account, address or quota. */
export class SenderRefusedError extends MailNotSentError {
  override readonly name: string = "SenderRefusedError";
  /** Such as `SMTP 550 5.7.1 at MAIL FROM`. */
  readonly refusal: string;

  constructor(refusal: string) {
    super(`the mail server refuses the sender (${refusal})`);
    this.refusal = refusal;
  }
}

export type Mailer = {
  readonly send: (mail: Mail) => Promise<MailOutcome>;
  readonly close: () => void;
};

const CONNECT_TIMEOUT_MS = 20_000;
const SOCKET_TIMEOUT_MS = 60_000;

/**
 * Sends by SMTP. Each try has the same message id, so that a mail server or client can drop a duplicate after a lost answer;
 * SMTP offers no stronger guarantee. `send` returns `rejected` if the server refuses the recipient.
 * @param from `Name <address>` or `address`
 * @param socketTimeoutMs of silence
 * @throws MailNotSentError if there is no connection, no answer, a temporary refusal (4xx), or a refusal of the sender: Temporal
 * retries
 * @source docs/NOTICES.md, "Sent once"
 */
export function createMailer(
  smtpUrl: string,
  from: string,
  socketTimeoutMs: number = SOCKET_TIMEOUT_MS,
): Mailer {
  const transport = nodemailer.createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 4,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: socketTimeoutMs,
  });
  return {
    send: async (mail) => {
      const message = messageOf(mail, from);
      const { messageId } = message;
      try {
        await transport.sendMail(message);
      } catch (error) {
        return outcomeOfError(error);
      }
      // In the background, because the customer's mail has already been sent.
      if (mail.copyTo != null) {
        const envelope = { from: message.from, to: [{ address: mail.copyTo }] };
        void transport.sendMail({ ...message, envelope }).catch(() => undefined);
      }
      return { kind: "sent", messageId };
    },
    close: () => transport.close(),
  };
}

/** @throws MailNotSentError unless the server refuses the recipient */
export function outcomeOfError(error: unknown): MailOutcome & { readonly kind: "rejected" } {
  const refusal = refusalIn(error);
  if (refusal === null)
    throw new MailNotSentError(`the mail could not be sent (${noAnswer(error)})`);
  const detail = describeRefusal(refusal);
  switch (faultOf(refusal)) {
    case "recipient":
      return { kind: "rejected", detail };
    case "sender":
      throw new SenderRefusedError(detail);
    case "passing":
      throw new MailNotSentError(`the mail could not be sent (${detail})`);
  }
}

function noAnswer(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" ? `no answer, ${code}` : "no answer";
}

type Message = SendMailOptions & {
  readonly messageId: string;
  readonly from: Required<Mailbox>;
};

/** Nodemailer gets mailboxes as objects, because it reads a text as a list of recipients. */
const mailbox = ({ name = "", address }: Mailbox): Required<Mailbox> => ({ name, address });

function messageOf(mail: Mail, commonFrom: string): Message {
  const from = mail.from ?? commonFrom;
  const sender = mailboxOf(from);
  const { to, subject, text, html, key, thread, language, senderName, replyTo } = mail;
  const { unsubscribeUrl } = mail;
  return {
    from: mailbox(senderName == null ? sender : { ...sender, name: senderName }),
    to: mailbox(to),
    subject,
    text,
    html,
    messageId: messageIdOf(key, from),
    // No mail has the thread's id itself: a common ancestor is enough. @source RFC 5322 3.6.4; JWZ, message threading
    ...(thread === undefined ? {} : { references: messageIdOf(thread, from) }),
    ...(replyTo == null ? {} : { replyTo: mailbox(mailboxOf(replyTo)) }),
    ...(mail.attachments === undefined ? {} : { attachments: inlined(mail.attachments) }),
    headers: {
      // Prevents automatic replies. The second header is Exchange's. @source RFC 3834
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      ...(language === undefined ? {} : { "Content-Language": language }),
      ...(unsubscribeUrl == null ? {} : unsubscribeHeaders(unsubscribeUrl)),
    },
  };
}

/** One-click unsubscribing. @source RFC 2369 3.2, RFC 8058 3.1 */
function unsubscribeHeaders(url: string): Readonly<Record<string, string>> {
  return {
    "List-Unsubscribe": `<${url}>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
}

function inlined(attachments: readonly Attachment[]): SendMailOptions["attachments"] {
  return attachments.map((one) => ({ ...one, contentDisposition: "inline" }));
}

/** Unique and stable. The hash hides the key. @source RFC 5322 3.6.4 */
function messageIdOf(key: string, from: string): string {
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? "localhost";
  return `<${createHash("sha256").update(key).digest("hex").slice(0, 40)}@${domain}>`;
}
