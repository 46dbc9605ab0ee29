import {
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { OperatorMailActivities } from "../../activities/operator/send-operator-mail.ts";
import {
  addReport,
  type Digest,
  EMPTY_DIGEST,
  mailGapOf,
  type OperatorReport,
} from "../../domain/reporting/operator-digest.ts";
import type { AttentionCause } from "../../domain/state/attention.ts";
import type { Instant } from "../../domain/values/time.ts";
import { REPORT_SIGNAL } from "../contract.ts";
import { MAIL_HEARTBEAT_TIMEOUT, MAIL_PATIENCE_MS, PATIENT } from "../shared/retries.ts";

export type OperatorAlertsInput = {
  readonly cause: AttentionCause;
  /** After continue-as-new: the reports that the previous run has not mailed. */
  readonly digest?: Digest;
  /** When the next mail may be sent. */
  readonly nextAt?: Instant;
  readonly mails?: number;
};

/** The workflow's result: mails sent, and reports that could not be mailed. */
export type OperatorAlertsResult = { readonly mails: number; readonly unsent: number };

/**
 * Mails the operator about one cause: the first report at once, then the reports of each hour in one mail, from all
 * processes and recoveries. Ends after an hour without reports.
 */
export async function operatorAlerts(input: OperatorAlertsInput): Promise<OperatorAlertsResult> {
  const { cause } = input;
  let digest = input.digest ?? EMPTY_DIGEST;
  let mails = input.mails ?? 0;
  let unsent = 0;
  let nextAt = input.nextAt ?? 0;
  setHandler(
    defineSignal<[OperatorReport]>(REPORT_SIGNAL),
    (report) => {
      digest = addReport(digest, report);
    },
    { description: "Something that needs a person. The next mail about this cause has it." },
  );
  for (;;) {
    if (nextAt > Date.now()) {
      const isLong = (): boolean => workflowInfo().continueAsNewSuggested;
      const what = `the next mail about ${cause}`;
      await condition(isLong, nextAt - Date.now(), { summary: what });
      if (isLong()) await continueAsNew<typeof operatorAlerts>({ cause, digest, nextAt, mails });
    }
    // The signal that started this run may arrive a moment after it.
    if (nextAt === 0) await condition(() => digest.count > 0, "10s");
    if (digest.count === 0) return { mails, unsent };
    const batch = digest;
    digest = EMPTY_DIGEST;
    nextAt = Date.now() + mailGapOf(cause);
    if (await sendMail(cause, batch)) mails += 1;
    else unsent += batch.count;
    setCurrentDetails(`${mails} mails sent. Further reports follow in one mail an hour.`);
  }
}

/** @returns false where the mail could not be sent in three days; every recovery shows its cause all the same */
async function sendMail(cause: AttentionCause, { count, reports }: Digest): Promise<boolean> {
  const { sendOperatorMail } = proxyActivities<OperatorMailActivities>({
    retry: { ...PATIENT, maximumInterval: "1h" },
    startToCloseTimeout: "2m",
    scheduleToCloseTimeout: MAIL_PATIENCE_MS,
    heartbeatTimeout: MAIL_HEARTBEAT_TIMEOUT,
    summary: `${count} reports`,
  });
  try {
    return await sendOperatorMail({ at: Date.now(), cause, count, reports });
  } catch {
    return false;
  }
}
