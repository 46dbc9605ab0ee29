import {
  type Mail,
  MailNotSentError,
  type MailOutcome,
  outcomeOfError,
} from "../../../activities/mail/mailer.ts";
import { SECOND_MS } from "../../../domain/values/time.ts";
import type { SimulationRun } from "../simulation-run.ts";

/** A refusal, in the form of nodemailer's error. */
type RawRefusal = {
  readonly responseCode: number;
  readonly response: string;
  readonly command: string;
  readonly code?: string;
};

/** Sign-in, sender, quota, relaying, content: the next mail to anybody is refused too. */
const OF_THE_SENDER: readonly RawRefusal[] = [
  { responseCode: 535, response: "535 5.7.8 bad credentials", command: "AUTH PLAIN" },
  { responseCode: 550, response: "550 not verified", command: "MAIL FROM" },
  { responseCode: 550, response: "550 5.1.90 daily limit", command: "RCPT TO" },
  { responseCode: 550, response: "550 5.4.5 quota", command: "DATA" },
  { responseCode: 554, response: "554 suspended", command: "DATA", code: "EMESSAGE" },
];

/** Only this address is refused. */
const OF_THE_RECIPIENT: readonly RawRefusal[] = [
  { responseCode: 550, response: "550 no such user", command: "RCPT TO" },
  { responseCode: 550, response: "550 5.1.1 no such user", command: "RCPT TO" },
  { responseCode: 550, response: "550 5.2.1 disabled", command: "DATA", code: "EMESSAGE" },
];

/** Until Temporal knows that a worker crashed: the heartbeat time-out of a mail (workflows/shared/retries.ts), and a second. */
const CRASH_KNOWN_MS = 9 * SECOND_MS;

/** The mail server of a run, with its outages and refusals. They reach the product as errors of its SMTP client do. */
export function modelMailServer(run: SimulationRun): (mail: Mail) => Promise<MailOutcome> {
  const { timeline, tally, mail } = run;
  let refusals = 0;
  const refusedWith = (rows: readonly RawRefusal[]): MailOutcome => {
    refusals += 1;
    return outcomeOfError(rows[refusals % rows.length]);
  };
  return async ({ key }) => {
    const now = timeline.now();
    if (now < mail.downUntil) {
      tally.count("mail_server_down");
      throw new MailNotSentError("no connection");
    }
    if (now < mail.senderRefusedUntil) {
      tally.count("mail_sender_refused");
      return refusedWith(OF_THE_SENDER);
    }
    if (now < mail.addressRefusedUntil) {
      tally.count("mail_address_refused");
      mail.refusedKeys.add(key);
      return refusedWith(OF_THE_RECIPIENT);
    }
    if (mail.crashes > 0) {
      mail.crashes -= 1;
      tally.count("mail_worker_crash");
      await timeline.pass(CRASH_KNOWN_MS);
      throw new MailNotSentError("heartbeat time-out");
    }
    return { kind: "sent", messageId: key };
  };
}
