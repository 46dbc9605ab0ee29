import { createHash } from "node:crypto";
import nodemailer from "nodemailer";

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same mail has the same key, whatever it takes to send it. */
  readonly key: string;
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
 * Sends by SMTP. A refusal for good is a value; everything else (no connection, 4xx, a lost answer) throws, and
 * Temporal tries again. The message id is the same at each try, so a mail server or client can drop a second
 * copy where the first answer was lost: SMTP itself allows no more than that.
 */
export function createMailer(smtpUrl: string, from: string): Mailer {
  const transport = nodemailer.createTransport(
    {
      url: smtpUrl,
      pool: true,
      maxConnections: 4,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
    },
    { from },
  );
  return {
    send: async (mail) => {
      const messageId = messageIdOf(mail.key, from);
      try {
        await transport.sendMail({
          to: mail.to,
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId,
          headers: { "Auto-Submitted": "auto-generated" },
        });
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
