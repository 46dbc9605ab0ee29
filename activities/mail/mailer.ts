import { createHash } from "node:crypto";
import nodemailer, { type SendMailOptions } from "nodemailer";

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same for each try to send this mail. */
  readonly key: string;
  /** Mail clients group the mails of one thread. */
  readonly thread?: string;
  /** BCP 47. */
  readonly language?: string;
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
  /** The server refused the mail permanently (5xx). */
  | { readonly kind: "rejected"; readonly detail: string };

export type Mailer = {
  readonly send: (mail: Mail) => Promise<MailOutcome>;
  readonly close: () => void;
};

const CONNECT_TIMEOUT_MS = 20_000;
const SOCKET_TIMEOUT_MS = 60_000;

/**
 * Sends by SMTP. Each try has the same message id, so that a mail server or client can drop a duplicate after a lost answer;
 * SMTP offers no stronger guarantee. `send` returns `rejected` for a permanent refusal.
 * @param socketTimeoutMs of silence
 * @throws if there is no connection, no answer, or a temporary refusal (4xx): Temporal retries
 */
export function createMailer(
  smtpUrl: string,
  from: string,
  socketTimeoutMs: number = SOCKET_TIMEOUT_MS,
): Mailer {
  const transport = nodemailer.createTransport(
    {
      url: smtpUrl,
      pool: true,
      maxConnections: 4,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: socketTimeoutMs,
    },
    { from },
  );
  return {
    send: async (mail) => {
      const message = messageOf(mail, from);
      const { messageId } = message;
      try {
        await transport.sendMail(message);
        // In the background, because the customer's mail has already been sent.
        if (mail.copyTo != null) {
          const copy = { ...message, envelope: { from: addressOf(from), to: mail.copyTo } };
          void transport.sendMail(copy).catch(() => undefined);
        }
        return { kind: "sent", messageId };
      } catch (error) {
        const status = smtpStatusOf(error);
        if (status !== null && status >= 500) return { kind: "rejected", detail: `SMTP ${status}` };
        throw new Error(`the mail could not be sent (${status ?? "no answer"})`, { cause: error });
      }
    },
    close: () => transport.close(),
  };
}

type Message = SendMailOptions & { readonly messageId: string };

function messageOf(mail: Mail, from: string): Message {
  const { to, subject, text, html, key, thread, language, senderName, replyTo } = mail;
  const { unsubscribeUrl } = mail;
  return {
    from: senderName == null ? from : { name: senderName, address: addressOf(from) },
    to,
    subject,
    text,
    html,
    messageId: messageIdOf(key, from),
    // No mail has the thread's id itself: a common ancestor is enough. @source RFC 5322 3.6.4; JWZ, message threading
    ...(thread === undefined ? {} : { references: messageIdOf(thread, from) }),
    ...(replyTo == null ? {} : { replyTo }),
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

/** Of `Name <address>` or `address`. */
function addressOf(from: string): string {
  return /<([^<>]+)>/.exec(from)?.[1] ?? from;
}

function inlined(attachments: readonly Attachment[]): SendMailOptions["attachments"] {
  return attachments.map((one) => ({ ...one, contentDisposition: "inline" }));
}

/** Unique and stable. The hash hides the key. @source RFC 5322 3.6.4 */
function messageIdOf(key: string, from: string): string {
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? "localhost";
  return `<${createHash("sha256").update(key).digest("hex").slice(0, 40)}@${domain}>`;
}

/** The status of an answer to the message. A 5xx to the greeting or the login is a fault of our setup, so it does not count. */
function smtpStatusOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null) return null;
  const { responseCode, command } = error as { responseCode?: unknown; command?: unknown };
  const isOfMessage = typeof command === "string" && /^(RCPT TO|DATA|MAIL FROM|API)/.test(command);
  return typeof responseCode === "number" && (responseCode < 500 || isOfMessage)
    ? responseCode
    : null;
}
