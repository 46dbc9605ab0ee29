import { setTimeout as delay } from "node:timers/promises";
import type { RecoveryPort } from "../../dodo/port.ts";
import type { OperatorReport } from "../../domain/reporting/operator-digest.ts";
import { describeAlert } from "../../domain/state/alert.ts";
import { ATTENTION_CAUSES, type AttentionCause } from "../../domain/state/attention.ts";
import { describeInstant, type Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import { mailboxOf } from "../../platform/mailbox.ts";
import { plainAddressOf } from "../mail/mailbox.ts";
import type { Mail, Mailer } from "../mail/mailer.ts";
import { customerNameOf } from "../notices/customer.ts";
import { mailText, paragraphOf } from "./mail-text.ts";
import { subjectOf, waitsForPerson } from "./subject.ts";

export type OperatorMailInput = {
  readonly at: Instant;
  readonly cause: AttentionCause;
  /** Of all reports; `reports` may be fewer. */
  readonly count: number;
  readonly reports: readonly OperatorReport[];
};

export type OperatorMailDependencies = {
  readonly dodo: Pick<RecoveryPort, "subscriber">;
  readonly mailer: Mailer;
  readonly operatorEmail: string | null;
  /** The address of this namespace's workflows in the Temporal Web UI; null if it is not configured. */
  readonly webUi: string | null;
  readonly publicUrl: string;
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
      const customer = await customerIn(input, dependencies);
      const outcome = await mailer.send({
        to: mailboxOf(operatorEmail),
        ...compose(input, customer, dependencies),
      });
      const { cause, count } = input;
      if (outcome.kind === "sent") {
        const { messageId } = outcome;
        log.info({ event: "operator_mail_sent", cause, count, messageId });
        return true;
      }
      log.error({ event: "operator_mail_rejected", cause, detail: outcome.detail });
      return false;
    },
  };
}

/** The mail does not wait longer for a name. */
const NAME_PATIENCE_MS = 5_000;

/** The report that the subject is about: the first that waits, else the first. */
function leading({ reports }: OperatorMailInput): OperatorReport | null {
  return reports.find(waitsForPerson) ?? reports[0] ?? null;
}

/**
 * Who the subject names: the customer as Dodo knows them now, else the subscription. The name stays in this activity.
 * @returns null where the report concerns no single customer
 */
async function customerIn(
  input: OperatorMailInput,
  { dodo }: OperatorMailDependencies,
): Promise<string | null> {
  const subscriptionId = leading(input)?.subscriptionId ?? null;
  if (subscriptionId === null) return null;
  const patience = new AbortController();
  const nobody = delay(NAME_PATIENCE_MS, null, { signal: patience.signal, ref: false });
  try {
    const found = await Promise.race([dodo.subscriber(subscriptionId), nobody]);
    if (found === null) return subscriptionId;
    const { name, email } = found.customer;
    return customerNameOf(name) ?? plainAddressOf(email) ?? subscriptionId;
  } catch {
    return subscriptionId;
  } finally {
    nobody.catch(() => undefined);
    patience.abort();
  }
}

type Composed = Pick<Mail, "subject" | "text" | "html" | "key">;

function compose(
  input: OperatorMailInput,
  customer: string | null,
  { webUi, publicUrl }: OperatorMailDependencies,
): Composed {
  const { cause, count, reports } = input;
  const { text, advice } = ATTENTION_CAUSES[cause];
  const isWaiting = reports.some(waitsForPerson);
  // No answer of a person helps a workflow whose tasks fail.
  const isAnswered = isWaiting && cause !== "workflow_task_failing";
  const inOrder = [
    ...reports.filter(waitsForPerson),
    ...reports.filter((one) => !waitsForPerson(one)),
  ];
  const left = count - reports.length;
  const paragraphs = [
    text,
    ...(count > 1 ? [`It was reported ${count} times since the last mail.`] : []),
    `What to do: ${advice}`,
    ...(isWaiting ? [] : ["No recovery waits for your answer."]),
    ...(cause === "account_refused"
      ? [
          `Resume charging with POST ${publicUrl}/v1/charging/resume, described at ${publicUrl}/docs`,
        ]
      : []),
    ...inOrder.map((report) => lineOf(report, webUi, publicUrl)),
    ...(left > 0 ? [`and ${left} more: list them in the Temporal Web UI.`] : []),
    ...(isAnswered ? [howToAnswer(webUi, publicUrl)] : []),
    ...(webUi === null || !isAnswered
      ? []
      : [`All recoveries that need attention: ${waitingUrl(webUi)}`]),
    "Further reports with this cause within an hour come together in the next mail.",
  ];
  const [first] = reports;
  const ours = [publicUrl, ...(webUi === null ? [] : [webUi])];
  return {
    subject: subjectOf(cause, isWaiting, customer, count),
    text: `${paragraphs.join("\n\n")}\n`,
    html: paragraphs.map((line) => paragraphOf(line, ours)).join("\n"),
    key: `operator/${cause}/${first?.workflowId}/${first?.at}/${JSON.stringify(first?.alert)}`,
  };
}

/** A report, and where to answer it: the workflow's page, else the operator API. */
function lineOf(
  { subscriptionId, workflowId, alert, at }: OperatorReport,
  webUi: string | null,
  publicUrl: string,
): string {
  const subscription = subscriptionId === null ? null : `subscription ${subscriptionId}`;
  const said = [describeInstant(at), subscription, mailText(describeAlert(alert))].filter(
    (one) => one !== null && one !== "",
  );
  if (workflowId === null) return said.join(" · ");
  const api = `${publicUrl}/v1/recoveries/${subscriptionId} (with a key of the operator API)`;
  const where = webUi === null ? api : `${webUi}/${encodeURIComponent(workflowId)}`;
  return `${said.join(" · ")}\n${where}`;
}

function howToAnswer(webUi: string | null, publicUrl: string): string {
  if (webUi === null) {
    return `How to answer: POST to /v1/recoveries/<subscription_id>/<action>, described at ${publicUrl}/docs`;
  }
  const read = 'in the Web UI, the tab "User Metadata" says what each update would do';
  const send = '"More Actions", "Send an Update" sends one, with your name as {"by": "anna"}';
  return `How to answer: ${read}; ${send}.`;
}

function waitingUrl(webUi: string): string {
  return `${webUi}?query=${encodeURIComponent('RecoveryState = "needs_attention"')}`;
}
