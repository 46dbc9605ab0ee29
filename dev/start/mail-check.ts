import { getSystemErrorName } from "node:util";
import nodemailer from "nodemailer";

const TIMEOUT_MS = 10_000;

/**
 * Connects to the mail server, and logs in if the URL has a user; sends nothing.
 * @returns why mail cannot be sent, without the URL's password; null if it can
 */
export async function checkMailServer(smtpUrl: string): Promise<string | null> {
  const transport = nodemailer.createTransport({
    url: smtpUrl,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  try {
    await transport.verify();
    return null;
  } catch (error) {
    return (
      `The mail server ${new URL(smtpUrl).host} did not accept a connection (${codeOf(error)}). ` +
      "Check SMTP_URL. Reprise keeps trying; emails wait in the meantime."
    );
  } finally {
    transport.close();
  }
}

/** The text of an answer may repeat what was sent, so only codes are shown. */
function codeOf(error: unknown): string {
  const { code, errno, responseCode } = error as Partial<Record<string, unknown>>;
  // nodemailer replaces a socket error's code by its own.
  if (typeof errno === "number") return getSystemErrorName(errno);
  const parts = [
    typeof code === "string" ? code : null,
    typeof responseCode === "number" ? `SMTP ${responseCode}` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "no answer" : parts.join(", ");
}
