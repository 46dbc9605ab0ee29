import { type Mailer, SenderRefusedError } from "../activities/mail/mailer.ts";
import type { Log } from "../platform/log.ts";

/**
 * A mailer that alerts the operator once when the mail server refuses the sender, until a mail has passed again. All mails of a
 * worker go through it, the operator's too: the alert itself is tried until the server takes it. Each view and log shows it before.
 *
 * @param alertOperator called with the server's code and stage, such as `SMTP 550 5.7.1 at MAIL FROM`
 */
export function watchForRefusedSender(
  mailer: Mailer,
  alertOperator: (refusal: string) => Promise<void>,
  log: Log,
): Mailer {
  let isKnown = false;
  const onRefused = (refusal: string): void => {
    if (isKnown) return;
    isKnown = true;
    log.error({ event: "sender_refused", refusal }, "the mail server refuses the sender");
    // In the background, so the mail's next try does not wait for the alert.
    void alertOperator(refusal).catch((error: unknown) => {
      isKnown = false;
      log.error({ event: "operator_alert_failed", cause: "sender_refused", refusal, error });
    });
  };
  return {
    ...mailer,
    send: async (mail) => {
      try {
        const outcome = await mailer.send(mail);
        if (outcome.kind === "sent") isKnown = false;
        return outcome;
      } catch (error) {
        if (error instanceof SenderRefusedError) onRefused(error.refusal);
        throw error;
      }
    },
  };
}
