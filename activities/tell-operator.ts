import { ATTENTION_CAUSES, type AttentionCause } from "../domain/attention.ts";
import type { RecoveryId, SubscriptionId } from "../domain/ids.ts";
import type { Mode } from "../domain/recovery.ts";
import { HOUR_MS, type Instant } from "../domain/time.ts";
import type { Log } from "../platform/log.ts";
import type { Mail, Mailer } from "./mailer.ts";
import { escapeHtml } from "../platform/html.ts";

export type TellInput = {
  readonly at: Instant;
  readonly subscriptionId: SubscriptionId;
  readonly recoveryId: RecoveryId;
  readonly cause: AttentionCause;
  readonly detail: string;
  readonly mode: Mode;
};

export type TellDependencies = {
  readonly mailer: Mailer;
  readonly operatorEmail: string | null;
  readonly log: Log;
  readonly lastTold: Map<AttentionCause, Instant>;
};

/**
 * Tells the operator: always in the log, and by mail at most once an hour for each cause, so that a thousand
 * recoveries with one fault are one mail. Every recovery shows its own cause in all views.
 */
export async function tellOperator(
  input: TellInput,
  dependencies: TellDependencies,
): Promise<void> {
  const { mailer, operatorEmail, log, lastTold } = dependencies;
  const { cause, detail, recoveryId, subscriptionId, at } = input;
  log.warn(
    { event: "operator_told", cause, detail, recoveryId, subscriptionId },
    ATTENTION_CAUSES[cause].text,
  );
  if (operatorEmail === null || input.mode === "shadow") return;
  const last = lastTold.get(cause);
  if (last !== undefined && Math.abs(at - last) < HOUR_MS) return;
  const where = `Subscription ${subscriptionId}, recovery ${recoveryId}: ${detail}`;
  const mail = operatorMail(cause, where, [
    "Other recoveries with the same cause are not mailed for an hour; the Temporal Web UI lists them all.",
  ]);
  const key = `${recoveryId}/operator/${cause}/${detail}`;
  const outcome = await mailer.send({ to: operatorEmail, ...mail, key });
  lastTold.set(cause, at);
  if (outcome.kind === "rejected")
    log.error({ event: "operator_mail_rejected", detail: outcome.detail });
}

/** What is the matter, where, and what to do about it. */
export function operatorMail(
  cause: AttentionCause,
  where: string,
  more: readonly string[] = [],
): Pick<Mail, "subject" | "text" | "html"> {
  const { text, advice } = ATTENTION_CAUSES[cause];
  const lines = [text, where, `What to do: ${advice}`, ...more];
  return {
    subject: `Reprise needs you: ${cause.replaceAll("_", " ")}`,
    text: `${lines.join("\n\n")}\n`,
    html: lines.map((line) => `<p>${escapeHtml(line)}</p>`).join("\n"),
  };
}
