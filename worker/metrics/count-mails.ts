import type { Mailer } from "../../activities/mail/mailer.ts";
import type { Metrics } from "../../platform/metrics/metrics.ts";

/** A mailer that counts each try. `rejected`: the server refuses the address; `failed`: it is down, or refuses us. */
export function countMails(mailer: Mailer, { add }: Metrics): Mailer {
  const count = (result: string): void =>
    add({ metric: "reprise_mails_total", labels: { result }, by: 1 });
  return {
    ...mailer,
    send: async (mail) => {
      try {
        const outcome = await mailer.send(mail);
        count(outcome.kind === "sent" ? "sent" : "rejected");
        return outcome;
      } catch (error) {
        count("failed");
        throw error;
      }
    },
  };
}
