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
  MAIL_GAP_MS,
  type OperatorReport,
} from "../../domain/reporting/operator-digest.ts";
import type { AttentionCause } from "../../domain/state/attention.ts";
import { HOUR_MS, type Instant } from "../../domain/values/time.ts";
import { REPORT_SIGNAL } from "../contract.ts";
import { PATIENT } from "../shared/retries.ts";

export type OperatorAlertsInput = {
  readonly cause: AttentionCause;
  /** What the run before this one left. */
  readonly digest?: Digest;
  /** When the next mail may go. */
  readonly nextAt?: Instant;
  readonly mails?: number;
};

/** What a closed desk leaves. */
export type OperatorAlertsResult = { readonly mails: number; readonly unsent: number };

/** Mails are tried for three days: what comes meanwhile goes with the next. */
const GIVE_UP_MS = 72 * HOUR_MS;

/**
 * Writes to the operator about one cause: the first report at once, and those of an hour in one mail after it, whichever
 * process and whichever recovery they come from. Ends after an hour without any.
 */
export async function operatorAlerts(input: OperatorAlertsInput): Promise<OperatorAlertsResult> {
  const { cause } = input;
  let digest = input.digest ?? EMPTY_DIGEST;
  let mails = input.mails ?? 0;
  let unsent = 0;
  let nextAt = input.nextAt ?? 0;
  setHandler(defineSignal<[OperatorReport]>(REPORT_SIGNAL), (report) => {
    digest = addReport(digest, report);
  });
  for (;;) {
    if (nextAt > Date.now()) {
      const isLong = (): boolean => workflowInfo().continueAsNewSuggested;
      const what = `the next mail about ${cause}`;
      await condition(isLong, nextAt - Date.now(), { summary: what });
      if (isLong()) await continueAsNew<typeof operatorAlerts>({ cause, digest, nextAt, mails });
    }
    // The report that started a first run may come a moment after it.
    if (nextAt === 0) await condition(() => digest.count > 0, "10s");
    if (digest.count === 0) return { mails, unsent };
    const told = digest;
    digest = EMPTY_DIGEST;
    nextAt = Date.now() + MAIL_GAP_MS;
    if (await send(cause, told)) mails += 1;
    else unsent += told.count;
    setCurrentDetails(`${mails} mails; the next one, if there is need, in an hour.`);
  }
}

/** @returns false for what could not be sent in three days: every recovery shows its cause all the same */
async function send(cause: AttentionCause, { count, reports }: Digest): Promise<boolean> {
  const { sendOperatorMail } = proxyActivities<OperatorMailActivities>({
    retry: { ...PATIENT, maximumInterval: "1h" },
    startToCloseTimeout: "2m",
    scheduleToCloseTimeout: GIVE_UP_MS,
    summary: `${count} reports`,
  });
  try {
    return await sendOperatorMail({ at: Date.now(), cause, count, reports });
  } catch {
    return false;
  }
}
