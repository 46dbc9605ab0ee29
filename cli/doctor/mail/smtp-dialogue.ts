import { getSystemErrorName } from "node:util";
import nodemailer from "nodemailer";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { refusalIn, type SmtpRefusal } from "../../../activities/mail/smtp-refusals.ts";

/** How a step of the dialogue ended. */
export type SmtpStepResult =
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly refusal: SmtpRefusal }
  /** `detail`: a code such as `ECONNREFUSED`. */
  | { readonly kind: "unanswered"; readonly detail: string };

/** A connection to the mail server that has greeted us, and signed us in where the URL has a user. */
export type SmtpDialogue = {
  /**
   * Names a sender and a recipient, and takes both back: no message follows, so nothing is sent. Many servers judge the sender only
   * when they know a recipient.
   * @source RFC 5321 4.1.1.5; https://www.postfix.org/postconf.5.html, `smtpd_delay_reject`
   */
  readonly tryEnvelope: (sender: string, recipient: string) => Promise<SmtpStepResult>;
  readonly close: () => void;
};

export type SmtpOpening =
  | { readonly kind: "open"; readonly dialogue: SmtpDialogue; readonly isSignedIn: boolean }
  | Exclude<SmtpStepResult, { readonly kind: "done" }>;

/** The part of nodemailer's connection that sends a single command: its own methods always go on to the message. */
type Commands = {
  readonly _responseActions: ((answer: string) => void)[];
  readonly _sendCommand: (command: string) => void;
};

/** Connects, upgrades to TLS as nodemailer does for mails, and signs in. */
export async function openDialogue(smtpUrl: string, timeoutMs: number): Promise<SmtpOpening> {
  const { options } = nodemailer.createTransport({ url: smtpUrl });
  const { auth } = options;
  const connection = new SMTPConnection({
    ...options,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  const broken = new Promise<Error>((resolve) => connection.once("error", resolve));
  // No step is left that could report a later error.
  connection.on("error", () => undefined);
  const step = async (run: (done: (error?: Error | null) => void) => void): Promise<unknown> =>
    await Promise.race([new Promise((resolve) => run((error) => resolve(error ?? null))), broken]);
  const connected = await step((done) => connection.connect(done));
  if (connected !== null) return endOf(connection, connected);
  const isSignedIn = auth?.user !== undefined;
  if (isSignedIn) {
    const signedIn = await step((done) => connection.login(auth as never, done));
    if (signedIn !== null) return endOf(connection, signedIn);
  }
  const commands = connection as unknown as Commands;
  const command = async (line: string): Promise<SmtpStepResult> => {
    const error = await step((done) => {
      commands._responseActions.push((answer) => done(refusedAnswer(line, answer)));
      commands._sendCommand(line);
    });
    return error === null ? { kind: "done" } : resultOf(error);
  };
  return {
    kind: "open",
    isSignedIn,
    dialogue: {
      tryEnvelope: async (sender, recipient) => {
        const from = await command(`MAIL FROM:<${sender}>`);
        const result = from.kind === "done" ? await command(`RCPT TO:<${recipient}>`) : from;
        if (result.kind !== "unanswered") await command("RSET");
        return result;
      },
      close: () => connection.quit(),
    },
  };
}

function endOf(connection: SMTPConnection, error: unknown): SmtpOpening {
  connection.close();
  const result = resultOf(error);
  return result.kind === "done" ? { kind: "unanswered", detail: "no answer" } : result;
}

/** An error as nodemailer makes it; null where the server agrees. */
function refusedAnswer(command: string, answer: string): Error | null {
  if (answer.startsWith("2")) return null;
  const responseCode = Number(answer.slice(0, 3));
  return Object.assign(new Error("refused"), { command, responseCode, response: answer });
}

function resultOf(error: unknown): SmtpStepResult {
  const refusal = refusalIn(error);
  if (refusal !== null) return { kind: "refused", refusal };
  const { errno, code } = error as Partial<Record<"errno" | "code", unknown>>;
  // nodemailer replaces a socket error's code by its own.
  if (typeof errno === "number") return { kind: "unanswered", detail: getSystemErrorName(errno) };
  return { kind: "unanswered", detail: typeof code === "string" ? code : "no answer" };
}
