/** The step of an SMTP session that the server refused. `data` is the command, `message` the answer at its end. */
export type SmtpStage =
  "greeting" | "hello" | "sign_in" | "sender" | "recipient" | "data" | "message";

/** A server's refusal. @source RFC 5321 4.2, RFC 3463 */
export type SmtpRefusal = {
  readonly stage: SmtpStage;
  /** The reply code, such as 550. */
  readonly status: number;
  /** The enhanced status code, such as `5.1.1`; null if the answer has none. */
  readonly enhanced: string | null;
};

/**
 * What a refusal says about the mail.
 * - `recipient`: this address gets no mail, whoever sends it
 * - `sender`: our account, our address or our quota; the same mail may pass once that is mended
 * - `passing`: the server says itself that a later try may succeed
 */
export type RefusalFault = "recipient" | "sender" | "passing";

type Fault = Exclude<RefusalFault, "passing">;

/**
 * Enhanced codes that say by themselves whose fault it is. Codes that servers use for both, such as 5.1.0, 5.4.1 and 5.5.0,
 * are left out: there the stage decides.
 * Exchange's and Google's own codes are in their documents of non-delivery reports.
 * @source RFC 3463 3; RFC 7505 4.1
 */
const FAULT_OF_CODE: Readonly<Record<string, Fault>> = {
  // Bad destination mailbox, bad destination system, bad syntax, ambiguous, moved.
  "5.1.1": "recipient",
  "5.1.2": "recipient",
  "5.1.3": "recipient",
  "5.1.4": "recipient",
  "5.1.6": "recipient",
  // The domain accepts no mail (null MX). Exchange: the recipient was not found.
  "5.1.10": "recipient",
  // Mailbox disabled, mailbox full.
  "5.2.1": "recipient",
  "5.2.2": "recipient",
  // Bad sender's mailbox syntax, bad sender's system.
  "5.1.7": "sender",
  "5.1.8": "sender",
  // Exchange: the sender's daily limit; not allowed to send as this address.
  "5.1.90": "sender",
  "5.2.252": "sender",
  // Google: the daily quota.
  "5.4.5": "sender",
};

/** Bare replies to RCPT that concern the mailbox. @source RFC 5321 4.2.3, RFC 7504 */
const RECIPIENT_STATUSES: readonly number[] = [501, 550, 551, 552, 553, 556];

/** At these stages the server has named, or can have named, the recipient. */
const RECIPIENT_STAGES: readonly SmtpStage[] = ["recipient", "message"];

/** Whose fault a refusal is: by its enhanced code, else by its stage. */
export function faultOf({ stage, status, enhanced }: SmtpRefusal): RefusalFault {
  if (status < 500) return "passing";
  if (!RECIPIENT_STAGES.includes(stage)) return "sender";
  const known = enhanced === null ? undefined : FAULT_OF_CODE[enhanced];
  if (known !== undefined) return known;
  // Security and policy: authentication, relaying, reputation, content.
  if (enhanced?.startsWith("5.7.") === true) return "sender";
  return stage === "recipient" && RECIPIENT_STATUSES.includes(status) ? "recipient" : "sender";
}

/** The stage by the command that nodemailer names in its errors. */
const STAGE_OF_COMMAND: readonly (readonly [RegExp, SmtpStage])[] = [
  [/^(?:EHLO|HELO|LHLO|STARTTLS)/, "hello"],
  [/^AUTH/, "sign_in"],
  [/^MAIL FROM/, "sender"],
  [/^RCPT TO/, "recipient"],
];

/** The server's refusal in an error of nodemailer; null if the server gave no answer. */
export function refusalIn(error: unknown): SmtpRefusal | null {
  if (typeof error !== "object" || error === null) return null;
  const { responseCode, response, command, code } = error as Readonly<Record<string, unknown>>;
  if (typeof responseCode !== "number" || responseCode < 400) return null;
  const enhanced =
    typeof response === "string" ? /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response) : null;
  return {
    stage: stageOf(typeof command === "string" ? command : "", code),
    status: responseCode,
    enhanced: enhanced?.[1] ?? null,
  };
}

function stageOf(command: string, code: unknown): SmtpStage {
  // Both answers to DATA have the same command.
  if (command === "DATA") return code === "EMESSAGE" ? "message" : "data";
  return STAGE_OF_COMMAND.find(([pattern]) => pattern.test(command))?.[1] ?? "greeting";
}

const STAGE_WORDS: Readonly<Record<SmtpStage, string>> = {
  greeting: "the greeting",
  hello: "EHLO",
  sign_in: "sign-in",
  sender: "MAIL FROM",
  recipient: "RCPT TO",
  data: "DATA",
  message: "the end of the message",
};

/** Such as `SMTP 550 5.7.1 at MAIL FROM`. The server's own words are left out, since they can contain addresses. */
export function describeRefusal({ stage, status, enhanced }: SmtpRefusal): string {
  const code = enhanced === null ? "" : ` ${enhanced}`;
  return `SMTP ${status}${code} at ${STAGE_WORDS[stage]}`;
}
