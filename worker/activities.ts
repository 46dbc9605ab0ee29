import type { Client } from "@temporalio/client";
import {
  type CheckoutActivities,
  createCheckoutActivities,
} from "../activities/checkout/checkout.ts";
import {
  createProofActivities,
  type ProofActivities,
} from "../activities/evidence/prove-recovery.ts";
import { withHeartbeats } from "../activities/heartbeat.ts";
import { type Activities, createActivities } from "../activities/index.ts";
import type { Mailer } from "../activities/mail/mailer.ts";
import { createMandateActivities, type MandateActivities } from "../activities/mandate/mandate.ts";
import {
  createImportActivities,
  type ImportActivities,
  type ImportDependencies,
} from "../activities/import/import.ts";
import {
  createOperatorMailActivities,
  type OperatorMailActivities,
} from "../activities/operator/send-operator-mail.ts";
import {
  type ChargeRequestActivities,
  createChargeRequestActivities,
} from "../activities/requested-charge/submit-charge-request.ts";
import { createSweepActivities, type SweepActivities } from "../activities/sweep/sweep.ts";
import {
  createDeliveryActivities,
  type DeliveryActivities,
} from "../activities/webhooks/delivery.ts";
import type { WorkerConfig } from "../config/worker.ts";
import { createDodo } from "../dodo/adapter/create-dodo.ts";
import type { DodoPort, OnRefusedAccount, OnRequestEnded } from "../dodo/port.ts";
import type { Instant } from "../domain/values/time.ts";
import type { Log } from "../platform/log.ts";
import { type Metrics, NO_METRICS } from "../platform/metrics/metrics.ts";
import type { Tracing } from "../platform/traces/tracing.ts";
import type { ChargingSwitch } from "../platform/temporal/charging-switch.ts";
import type { RecordedActivities } from "../workflows/recovery/recorded-inputs.ts";
import { createAccountAlerts } from "./account-alerts.ts";
import { createAccountGuard } from "./account-guard.ts";
import { createDetachedWorkflows } from "./detached-workflows.ts";
import { logActivities } from "./logs/log-activities.ts";
import { logCharges, logRefusals, logRequests } from "./logs/log-requests.ts";
import { traceRequest } from "./logs/trace-request.ts";
import { countActivities } from "./metrics/count-activities.ts";
import { countMails } from "./metrics/count-mails.ts";
import { countRequests } from "./metrics/count-requests.ts";
import {
  createImportClient,
  createRequestedChargeClient,
  createSweepClient,
} from "./recovery-client.ts";
import { createRecordReader } from "./recovery-history.ts";
import { recordActivities } from "./runs/recorded-activities.ts";
import { createEarlierRunsReader } from "./runs/earlier-runs.ts";
import { watchForRefusedSender } from "./sender-guard.ts";

/** The activities of all workflows, as the workers register them. */
export type AllActivities = Omit<Activities, keyof RecordedActivities> &
  RecordedActivities &
  OtherActivities;

type OtherActivities = SweepActivities &
  ImportActivities &
  CheckoutActivities &
  ProofActivities &
  DeliveryActivities &
  OperatorMailActivities &
  ChargeRequestActivities &
  MandateActivities;

export type ActivitySettings = Omit<
  WorkerConfig,
  | "smtpUrl"
  | "emailFrom"
  | "logLevel"
  | "ratePerMinute"
  | "metricsAddress"
  | "stackTraces"
  | "tracesEndpoint"
>;

/** What activities use outside of the process: Temporal, the mail server, Dodo over `fetch`, and the clock. */
export type ActivityEnvironment = {
  readonly client: Client;
  readonly charging: ChargingSwitch;
  readonly mailer: Mailer;
  readonly log: Log;
  /** The wall clock, except when a demo or a test skips time. */
  readonly now: () => Instant;
  readonly fetch: typeof globalThis.fetch;
  /** Absent: nothing is counted. */
  readonly metrics?: Metrics;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing | null;
};

export function createAllActivities(
  settings: ActivitySettings,
  environment: ActivityEnvironment,
): AllActivities {
  const { client, charging, log, now, fetch, metrics = NO_METRICS } = environment;
  const detached = createDetachedWorkflows(client, settings.taskQueue);
  const { enqueueDelivery, report, reserveNotice } = detached;
  const alertAccount = createAccountAlerts(settings, report, now, metrics, log);
  const onRefusedAccount = createAccountGuard(
    client,
    charging,
    // Charging stays stopped until a person resumes it.
    (said) => alertAccount({ cause: "account_refused", said }, true),
    log,
  );
  const mailer = watchForRefusedSender(
    countMails(environment.mailer, metrics),
    (detail) => alertAccount({ cause: "sender_refused", detail }, false),
    log,
  );
  const dodo = createSeenDodo(settings, environment, onRefusedAccount);
  const readEarlierRuns = createEarlierRunsReader(client);
  const activities: Activities & OtherActivities = {
    ...createActivities({
      ...settings,
      dodo,
      mailer,
      report,
      reserveNotice,
      publishes: settings.outgoingWebhook !== null,
      readEarlierRuns,
      links: { keys: settings.linkKeys },
      log,
      now,
      monotonicMs: () => performance.now(),
    }),
    ...createProofActivities(dodo, createRecordReader(client), now),
    ...createSweepActivities({
      ...settings,
      dodo,
      recoveries: createSweepClient(client, settings.taskQueue),
      log,
      now,
    }),
    ...importActivities(settings, environment, { dodo, readEarlierRuns }),
    ...createChargeRequestActivities({
      mode: settings.mode,
      recoveries: createRequestedChargeClient(client, settings.taskQueue),
    }),
    ...createMandateActivities({ ...settings, dodo, log }),
    ...createCheckoutActivities({ ...settings, dodo, mailer, report, log, now }),
    ...createDeliveryActivities({ ...settings, enqueueDelivery, fetch }),
    ...createOperatorMailActivities({
      ...settings,
      dodo,
      mailer,
      log,
      webUi: workflowsPageOf(settings, client),
    }),
  };
  const seen = countActivities(logActivities(activities, log), metrics);
  return withHeartbeats(recordActivities(seen), LONG);
}

/** Dodo, with its requests counted and logged. */
function createSeenDodo(
  settings: ActivitySettings,
  { fetch, now, log, metrics = NO_METRICS, tracing = null }: ActivityEnvironment,
  onRefusedAccount: OnRefusedAccount,
): DodoPort {
  const count = countRequests(metrics);
  const logRequest = logRequests(log);
  const onRequestEnded: OnRequestEnded = (request) => {
    count(request);
    logRequest(request);
    if (tracing !== null) traceRequest(tracing, request);
  };
  const onRefusedRequest = logRefusals(log);
  const watchers = { onRefusedAccount, onRefusedRequest, onRequestEnded };
  return logCharges(createDodo({ ...settings, fetch, now, ...watchers }), log);
}

function importActivities(
  settings: ActivitySettings,
  { client, log, now }: ActivityEnvironment,
  reads: Pick<ImportDependencies, "dodo" | "readEarlierRuns">,
): ImportActivities {
  const recoveries = createImportClient(client, settings.taskQueue);
  return createImportActivities({ ...settings, ...reads, recoveries, log, now });
}

/** Their workflows give them a heartbeat time-out. */
const LONG = [
  "charge",
  "readDodo",
  "proveRecovery",
  "createCheckout",
  "readMandate",
  "sweepPage",
  "heldPage",
  "importDebt",
  "sendNotice",
  "sendCheckoutNotice",
  "sendOperatorMail",
] as const satisfies readonly (keyof AllActivities)[];

/** The Temporal Web UI's list of this namespace's workflows; a workflow's own page is below that address. */
function workflowsPageOf({ webUiUrl }: ActivitySettings, client: Client): string | null {
  if (webUiUrl === null) return null;
  const namespace = encodeURIComponent(client.options.namespace);
  return `${webUiUrl.replace(/\/+$/, "")}/namespaces/${namespace}/workflows`;
}
