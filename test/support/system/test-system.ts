import { Client, type WorkflowHandle } from "@temporalio/client";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import type { Worker } from "@temporalio/worker";
import { traceInterceptor } from "../../../activities/trace-interceptor.ts";
import { createMailer } from "../../../activities/mail/mailer.ts";
import { type Inbox, startInbox } from "../../../dev/local-stack/inbox.ts";
import { type SkipResult, startAt, virtualNow } from "../../../dev/temporal/skip-time.ts";
import { createVirtualClock } from "../../../dev/temporal/virtual-clock.ts";
import type { RecoveryResult } from "../../../domain/debt/result.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { Mode } from "../../../domain/state/outcome.ts";
import { parseSubscriptionId, recoveryIdOf } from "../../../domain/values/ids.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { type Brand, PLAIN_BRAND } from "../../../platform/customer/brand.ts";
import { createLog, type Log } from "../../../platform/log.ts";
import { NO_METRICS } from "../../../platform/metrics/metrics.ts";
import { traceCalls } from "../../../platform/temporal/trace-calls.ts";
import type { Tracing } from "../../../platform/traces/tracing.ts";
import { createActivityQueue } from "../../../platform/temporal/activity-queue.ts";
import {
  type Charging,
  type ChargingSwitch,
  createChargingSwitch,
} from "../../../platform/temporal/charging-switch.ts";
import { type Sandbox, startSandbox } from "../../../sandbox/sandbox.ts";
import type { SettingsPatch } from "../../../sandbox/settings.ts";
import {
  type ActivityEnvironment,
  type ActivitySettings,
  type AllActivities,
  createAllActivities,
} from "../../../worker/activities.ts";
import type { WorkerLedger, WorkerLedgerOptions } from "../../../worker/ledger/worker-ledger.ts";
import { createWorkers } from "../../../worker/workers.ts";
import { chargeQueueOf, type RecoveryView } from "../../../workflows/contract.ts";
import { workflowBundlePath } from "../build.ts";
import { connectTemporal, uniqueTaskQueue, whileRunning } from "../temporal/connection.ts";
import { WorkflowClock } from "../temporal/workflow-clock.ts";
import { until } from "../until.ts";
import { WEBHOOK_KEY } from "../webhooks.ts";
import { buildTestGateway, LINK_KEY } from "./gateway.ts";

/**
 * All of Reprise in the test's process: a real Temporal server, the gateway and the workers, the sandbox Dodo over HTTP
 * with the real SDK and signed webhooks, and SMTP. Time is skipped for each recovery separately.
 */
export type TestSystem = {
  readonly environment: TestWorkflowEnvironment;
  readonly client: Client;
  readonly sandbox: Sandbox;
  readonly inbox: Inbox;
  readonly gatewayUrl: string;
  readonly taskQueue: string;
  readonly charging: ChargingSwitch;
  readonly handle: (subscriptionId: string) => WorkflowHandle;
  readonly readView: (subscriptionId: string) => Promise<RecoveryView>;
  /** Skips part of one recovery's time, and stops at each timer until nothing is in flight. */
  readonly skipTime: (subscriptionId: string, durationMs: number) => Promise<SkipResult>;
  /** Skips from timer to timer until the recovery ends. */
  readonly runToEnd: (subscriptionId: string) => Promise<RecoveryResult>;
  readonly untilState: (subscriptionId: string, state: string) => Promise<RecoveryView>;
  readonly mailsTo: (email: string) => readonly string[];
  readonly close: () => Promise<void>;
};

export type TestSystemOptions = {
  readonly policy?: Policy;
  readonly settings?: SettingsPatch;
  readonly mode?: Mode;
  readonly brand?: Brand;
  /** Faults of the mail server, and the time limit for its answers. */
  readonly smtp?: Parameters<typeof startInbox>[0] & { readonly timeoutMs?: number };
  readonly outgoingWebhook?: ActivitySettings["outgoingWebhook"];
  /** The policy of one recovery, if it is not the same for all. */
  readonly policyOf?: (subscriptionId: string) => Policy;
  readonly ratePerMinute?: number;
  /** Ignores the stop of all charging, so that recoveries on one queue do not affect each other. */
  readonly withoutStopAll?: boolean;
  /** A workflow's start time by its id, milliseconds since 1970; null for real time. */
  readonly startsAt?: (workflowId: string) => number | null;
  /** The time limit of a request to Dodo; 5 seconds if left out. */
  readonly requestTimeoutMs?: number;
  /** Of the gateway and the workers; without it they log nothing. */
  readonly log?: Log;
  /** Of the gateway and the workers; without it they trace nothing. */
  readonly tracing?: Tracing;
  /** Absent: the workers keep no ledger. */
  readonly openLedger?: (options: Omit<WorkerLedgerOptions, "url">) => Promise<WorkerLedger>;
  /** Starts no workers, to observe what happens before the first one. */
  readonly withoutWorkers?: boolean;
};

const LAST_DAY = 80;

export async function startTestSystem(options: TestSystemOptions = {}): Promise<TestSystem> {
  const environment = await connectTemporal();
  const taskQueue = uniqueTaskQueue();
  const { startsAt, brand, log, tracing = null } = options;
  const { nativeConnection } = environment;
  const connection =
    startsAt === undefined ? nativeConnection : startAt(nativeConnection, startsAt);
  const calls = tracing === null ? [] : [traceCalls(tracing)];
  const client = new Client({ connection, interceptors: { workflow: calls } });
  const given = { tracing, ...(log === undefined ? {} : { log }) };
  const gateway = buildTestGateway(
    environment,
    taskQueue,
    undefined,
    brand,
    client,
    undefined,
    given,
  );
  const gatewayUrl = await gateway.listen({ host: "127.0.0.1", port: 0 });
  const sandbox = await startSandbox({
    settings: {
      webhookUrl: `${gatewayUrl}/webhooks/dodo`,
      webhookKey: WEBHOOK_KEY,
      webhookRetryScale: 0.01,
      // Most tests are about something else.
      unsettledDetails: "given",
      ...options.settings,
    },
  });
  const inbox = await startInbox(options.smtp);
  const charging = createChargingSwitch(createActivityQueue(client, chargeQueueOf(taskQueue)));
  const work = await startWork({
    charging,
    environment,
    taskQueue,
    gatewayUrl,
    sandbox,
    inbox,
    client,
    options,
  });
  const handle = (id: string): WorkflowHandle => client.workflow.getHandle(recoveryIdOf(idOf(id)));
  const readView = async (id: string): Promise<RecoveryView> =>
    await handle(id).query<RecoveryView>("recovery");
  const skipTime = async (id: string, durationMs: number): Promise<SkipResult> => {
    const connection = environment.nativeConnection;
    const workflowId = recoveryIdOf(idOf(id));
    const isSandboxQuiet = (): Promise<boolean> => sandbox.control.isIdle(id);
    const clock = new WorkflowClock({ connection, workflowId, isSandboxQuiet });
    const now = await virtualNow(connection, "default", workflowId);
    const isOpen = await clock.until(now + durationMs);
    const reached = await virtualNow(connection, "default", workflowId);
    return { kind: isOpen ? "reached" : "ended", now: reached };
  };
  return {
    environment,
    client,
    sandbox,
    inbox,
    gatewayUrl,
    taskQueue,
    charging,
    handle,
    readView,
    skipTime,
    runToEnd: async (id) => {
      if ((await skipTime(id, LAST_DAY * DAY_MS)).kind === "ended") {
        return (await handle(id).result()) as RecoveryResult;
      }
      throw new Error(
        `${id} has not ended after ${LAST_DAY} days: ${(await readView(id)).recovery.state}`,
      );
    },
    untilState: async (id, state) =>
      await until(
        async () => {
          const found = await readView(id);
          return found.recovery.state === state ? found : null;
        },
        { what: `${id} in ${state}` },
      ),
    mailsTo: (email) =>
      inbox.mails.filter(({ to }) => to.includes(email)).map(({ subject }) => subject),
    close: async () => {
      await work.stop();
      await sandbox.close();
      await gateway.close();
      await inbox.close();
      await environment.teardown();
    },
  };
}

function idOf(text: string): NonNullable<ReturnType<typeof parseSubscriptionId>> {
  const id = parseSubscriptionId(text);
  if (id === null) throw new Error(`not a subscription id: ${text}`);
  return id;
}

type Parts = Pick<
  TestSystem,
  "environment" | "charging" | "taskQueue" | "gatewayUrl" | "sandbox" | "inbox" | "client"
> & {
  readonly options: TestSystemOptions;
};

async function startWork(parts: Parts): Promise<{ readonly stop: () => Promise<void> }> {
  if (parts.options.withoutWorkers === true) return { stop: async () => await Promise.resolve() };
  const { environment, sandbox, inbox, client } = parts;
  const clock = createVirtualClock();
  const mailer = createMailer(
    inbox.smtpUrl,
    "Billing <billing@merchant.example>",
    parts.options.smtp?.timeoutMs,
  );
  const settings: ActivitySettings = {
    apiKey: sandbox.apiKey,
    environment: "test_mode",
    baseUrl: sandbox.url,
    requestTimeoutMs: parts.options.requestTimeoutMs ?? 5_000,
    taskQueue: parts.taskQueue,
    policy: parts.options.policy ?? DEFAULT_POLICY,
    mode: parts.options.mode ?? "act",
    linkKeys: [LINK_KEY],
    publicUrl: parts.gatewayUrl,
    brand: parts.options.brand ?? PLAIN_BRAND,
    operatorEmail: "operator@merchant.example",
    webUiUrl: "https://temporal.merchant.example/",
    outgoingWebhook: parts.options.outgoingWebhook ?? null,
  };
  const { log = createLog("fatal", "worker"), tracing = null } = parts.options;
  const { now, fetch } = clock;
  const charging = parts.options.withoutStopAll === true ? NEVER_STOPS : parts.charging;
  const kept = { client, taskQueue: parts.taskQueue, log, metrics: NO_METRICS };
  const ledger = (await parts.options.openLedger?.(kept)) ?? null;
  const activities = withPolicies(
    settings,
    { client, charging, mailer, log, now, fetch, tracing, ledger },
    parts.options.policyOf,
  );
  const workers = await createWorkers(
    {
      connection: environment.nativeConnection,
      namespace: "default",
      taskQueue: parts.taskQueue,
      // The sandbox has no rate limit unless a test sets one.
      ratePerMinute: parts.options.ratePerMinute ?? 60_000,
      workflows: { bundlePath: workflowBundlePath() },
      graceMs: 1_000,
      interceptors: {
        activity: [
          clock.activityInterceptor,
          ...(tracing === null ? [] : [traceInterceptor(tracing)]),
        ],
      },
    },
    activities,
  );
  const stopWorkers = runUntilStopped(workers, () => mailer.close());
  return {
    stop: async () => {
      await stopWorkers();
      await ledger?.close();
    },
  };
}

const GOES_ON: Charging = { kind: "running", limitPerSecond: null };

const NEVER_STOPS: ChargingSwitch = {
  read: async () => await Promise.resolve(GOES_ON),
  stop: async () => await Promise.resolve({ charging: GOES_ON, isNew: false }),
  resume: async () => await Promise.resolve(GOES_ON),
};

/** Lets a recovery have its own policy: only `decideRecovery` reads it. */
function withPolicies(
  settings: ActivitySettings,
  surroundings: ActivityEnvironment,
  policyOf: TestSystemOptions["policyOf"],
): AllActivities {
  const activities = createAllActivities(settings, surroundings);
  if (policyOf === undefined) return activities;
  const byPolicy = new Map<Policy, AllActivities>();
  return {
    ...activities,
    decideRecovery: (input) => {
      const policy = policyOf(input.recovery.subscriptionId);
      const known =
        byPolicy.get(policy) ?? createAllActivities({ ...settings, policy }, surroundings);
      byPolicy.set(policy, known);
      return known.decideRecovery(input);
    },
  };
}

function runUntilStopped(workers: readonly Worker[], after: () => void): () => Promise<void> {
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const running = whileRunning(workers, () => stopped);
  return async () => {
    stop();
    await running;
    after();
  };
}
