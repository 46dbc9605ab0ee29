import type { OperatorReport } from "../../domain/reporting/operator-digest.ts";
import { describeAlert } from "../../domain/state/alert.ts";
import { ATTENTION_CAUSES, type AttentionCause } from "../../domain/state/attention.ts";
import { describeInstant, type Instant } from "../../domain/values/time.ts";
import { escapeHtml } from "../../platform/customer/html.ts";
import type { Log } from "../../platform/log.ts";
import { mailboxOf } from "../mail/mailbox.ts";
import type { Mailer } from "../mail/mailer.ts";

export type OperatorMailInput = {
  readonly at: Instant;
  readonly cause: AttentionCause;
  /** Of all reports; `reports` may be fewer. */
  readonly count: number;
  readonly reports: readonly OperatorReport[];
};

export type OperatorMailDependencies = {
  readonly mailer: Mailer;
  readonly operatorEmail: string | null;
  /** The address of this namespace's workflows in the Temporal Web UI; null if it is not configured. */
  readonly webUi: string | null;
  readonly log: Log;
};

export type OperatorMailActivities = {
  /** @returns false if the mail server refuses the operator's address, or none is configured */
  readonly sendOperatorMail: (input: OperatorMailInput) => Promise<boolean>;
};

export function createOperatorMailActivities(
  dependencies: OperatorMailDependencies,
): OperatorMailActivities {
  const { mailer, operatorEmail, log } = dependencies;
  return {
    sendOperatorMail: async (input) => {
      if (operatorEmail === null) return false;
      const outcome = await mailer.send({
        to: mailboxOf(operatorEmail),
        ...compose(input, dependencies),
      });
      if (outcome.kind === "sent") return true;
      log.error({ event: "operator_mail_rejected", detail: outcome.detail });
      return false;
    },
  };
}

function compose(
  { cause, count, reports }: OperatorMailInput,
  { webUi }: OperatorMailDependencies,
): {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly key: string;
} {
  const { text, advice } = ATTENTION_CAUSES[cause];
  const what = cause.replaceAll("_", " ");
  const many = count > 1 ? ` (${count})` : "";
  const left = count - reports.length;
  const paragraphs = [
    text,
    ...(count > 1 ? [`It was reported ${count} times since the last mail.`] : []),
    `What to do: ${advice}`,
    ...reports.map((report) => lineOf(report, webUi)),
    ...(left > 0 ? [`and ${left} more: list them in the Temporal Web UI.`] : []),
    ...(webUi === null ? [] : [`All recoveries that need attention: ${waitingUrl(webUi)}`]),
    "Further reports with this cause within an hour come together in the next mail.",
  ];
  const [first] = reports;
  return {
    subject: `Reprise needs you: ${what}${many}`,
    text: `${paragraphs.join("\n\n")}\n`,
    html: paragraphs.map((line) => `<p>${linked(escapeHtml(line))}</p>`).join("\n"),
    key: `operator/${cause}/${first?.workflowId}/${first?.at}/${JSON.stringify(first?.alert)}`,
  };
}

function lineOf(
  { subscriptionId, workflowId, alert, at }: OperatorReport,
  webUi: string | null,
): string {
  const subscription = subscriptionId === null ? null : `subscription ${subscriptionId}`;
  const said = [describeInstant(at), subscription, describeAlert(alert)].filter(
    (one) => one !== null && one !== "",
  );
  if (workflowId === null) return said.join(" · ");
  const where = webUi === null ? workflowId : `${webUi}/${encodeURIComponent(workflowId)}`;
  return `${said.join(" · ")}\n${where}`;
}

function waitingUrl(webUi: string): string {
  return `${webUi}?query=${encodeURIComponent('RecoveryState = "needs_attention"')}`;
}

/** @param html escaped already */
function linked(html: string): string {
  return html
    .replaceAll(/https?:\/\/[^\s<>"]+/g, (url) => `<a href="${url}">${url}</a>`)
    .replaceAll("\n", "<br>");
}
