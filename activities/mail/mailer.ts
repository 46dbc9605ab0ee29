import { createHash } from "node:crypto";
import nodemailer, { type SendMailOptions } from "nodemailer";

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same mail has the same key, whatever it takes to send it. */
  readonly key: string;
  /** Mails of one thread are shown together. */
  readonly thread?: string;
  /** BCP 47. */
  readonly language?: string;
  /** Stands in for the name in the sender's address. */
  readonly senderName?: string | null;
  readonly replyTo?: string | null;
  /** Gets a copy by a message of its own, so that its refusal is none of the customer's. */
  readonly copyTo?: string | null;
  readonly attachments?: readonly Attachment[];
  /** Where the customer says, with one press, that no more of these are wanted. */
  readonly unsubscribeUrl?: string | null;
};

/** An image inside the mail, named by `cid:` in its HTML. */
export type Attachment = {
  readonly cid: string;
  readonly filename: string;
  readonly content: Buffer;
  readonly contentType: string;
};

export type MailOutcome =
  | { readonly kind: "sent"; readonly messageId: string }
  /** The server said no for good (5xx). */
  | { readonly kind: "rejected"; readonly detail: string };

export type Mailer = {
  readonly send: (mail: Mail) => Promise<MailOutcome>;
  readonly close: () => void;
};

const CONNECT_TIMEOUT_MS = 20_000;
const SOCKET_TIMEOUT_MS = 60_000;

/**
 * Sends by SMTP. A refusal for good is a value; everything else (no connection, 4xx, a lost answer, silence for
 * `socketTimeoutMs`) throws, and Temporal tries again. The message id is the same at each try, so a mail server or client
 * can drop a second copy where the first answer was lost: SMTP itself allows no more than that.
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
        // In the background: the customer's mail is sent, whatever becomes of the copy.
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
    // Nobody sends the thread's own id: a common ancestor is enough. @source RFC 5322 3.6.4; JWZ, message threading
    ...(thread === undefined ? {} : { references: messageIdOf(thread, from) }),
    ...(replyTo == null ? {} : { replyTo }),
    ...(mail.attachments === undefined ? {} : { attachments: inlined(mail.attachments) }),
    headers: {
      // No answer by a machine: RFC 3834, and Exchange's own.
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      ...(language === undefined ? {} : { "Content-Language": language }),
      ...(unsubscribeUrl == null ? {} : unsubscribeHeaders(unsubscribeUrl)),
    },
  };
}

/** One press in the mail program is enough. @source RFC 2369 3.2, RFC 8058 3.1 */
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

/** RFC 5322: unique and stable, and gives away nothing of what it is made from. */
function messageIdOf(key: string, from: string): string {
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? "localhost";
  return `<${createHash("sha256").update(key).digest("hex").slice(0, 40)}@${domain}>`;
}

/** 5xx to the sign-in or to the greeting is our own fault and may be mended: only the message's own counts. */
function smtpStatusOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null) return null;
  const { responseCode, command } = error as { responseCode?: unknown; command?: unknown };
  const isOfMessage = typeof command === "string" && /^(RCPT TO|DATA|MAIL FROM|API)/.test(command);
  return typeof responseCode === "number" && (responseCode < 500 || isOfMessage)
    ? responseCode
    : null;
}
