import { Client } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type MailOutcome, SenderRefusedError } from "../../activities/mail/mailer.ts";
import { createOperatorMailActivities } from "../../activities/operator/send-operator-mail.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { watchGauges } from "../../platform/gauges/watch-gauges.ts";
import { NO_METRICS } from "../../platform/metrics/metrics.ts";
import { onShutdownSignal } from "../../platform/shutdown.ts";
import type { ActivityQueue, RateLimits } from "../../platform/temporal/activity-queue.ts";
import { createTemporalLogger } from "../../platform/temporal/connection.ts";
import { createAccountAlerts } from "../../worker/account-alerts.ts";
import { createAccountGuard } from "../../worker/account-guard.ts";
import { ensureCustomerRateLimit } from "../../worker/customer-rate-limit.ts";
import { ensureLedgerSchedule } from "../../worker/schedules/ledger-schedule.ts";
import { checkBusiness } from "../../worker/namespace/business.ts";
import { warnWithoutFairness } from "../../worker/namespace/fairness.ts";
import { type NamespaceNeeds, untilFit } from "../../worker/namespace/preconditions.ts";
import { retryUntilDone } from "../../worker/retry-until-done.ts";
import { watchForRefusedSender } from "../../worker/sender-guard.ts";
import { ensureSweepSchedule, sweepScheduleOf } from "../../worker/schedules/sweep-schedule.ts";
import { businessRecordOf } from "../../workflows/contract.ts";
import { TEST_LIMIT_MS } from "../support/limits.ts";
import { recordedLog } from "../support/logs/lines.ts";
import { connectTemporal } from "../support/temporal/connection.ts";
import { until } from "../support/until.ts";

const { log, lines, faults } = recordedLog();
let environment: TestWorkflowEnvironment;

beforeAll(async () => {
  environment = await connectTemporal();
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  await environment.teardown();
});

/** What is logged meanwhile, by event. */
async function during(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = lines.length;
  await work();
  return lines.slice(before).map(({ event }) => event);
}

async function bareNamespace(): Promise<Client> {
  const namespace = `bare-${randomUUID()}`;
  const { workflowService } = environment.connection;
  const workflowExecutionRetentionPeriod = msToTs("7d");
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  await until(async () => await workflowService.describeNamespace({ namespace }));
  return new Client({ connection: environment.nativeConnection, namespace });
}

const FAILS = async (): Promise<never> => await Promise.reject(new Error("down"));
const signal = (): AbortSignal => AbortSignal.timeout(TEST_LIMIT_MS);

describe("the worker logs at its start", () => {
  test("what it finds and makes in its namespace", async () => {
    const client = await bareNamespace();
    let tries = 0;
    const ensureSchedule = async (): Promise<string> => {
      tries += 1;
      if (tries === 1) throw Object.assign(new Error("14"), { code: 14, details: "down" });
      return await ensureSweepSchedule(client, "a-queue", "test_mode", log);
    };
    const needs: NamespaceNeeds = {
      client,
      operator: environment.nativeConnection.operatorService,
      environment: "test_mode",
      policy: DEFAULT_POLICY,
      ensureSchedule,
      log,
    };
    const found = await during(() => untilFit(needs, signal()));
    expect(found).toEqual([
      "search_attributes_created",
      "namespace_check_failed",
      "schedule_created",
      "namespace_fit",
      "retention_short",
    ]);
    const again = { ...needs, client: withoutSystemInfo(client) };
    expect(await during(() => untilFit(again, signal()))).toEqual([
      "schedule_exists",
      "namespace_fit",
      "retention_short",
      "namespace_not_described",
    ]);
  });

  test("the mode beside a schedule of an earlier version", async () => {
    const client = await bareNamespace();
    const { memo: _, ...options } = sweepScheduleOf("a-queue", "test_mode");
    await client.schedule.create(options);
    const ensure = () => ensureSweepSchedule(client, "a-queue", "test_mode", log);
    expect(await during(ensure)).toEqual(["schedule_exists", "mode_recorded"]);
  });

  test("the limit per customer: set, kept, and not set yet", async () => {
    const limits = (perSecond: number | null): RateLimits =>
      ({
        queue: null,
        perKey: perSecond === null ? null : { rateLimit: { requestsPerSecond: perSecond } },
      }) as RateLimits;
    const queue = (perSecond: number | null): ActivityQueue => ({
      readRateLimits: async () => await Promise.resolve(limits(perSecond)),
      setRateLimits: async () => await Promise.resolve(limits(perSecond)),
    });
    expect(await during(() => ensureCustomerRateLimit(queue(null), log))).toEqual([
      "customer_rate_limit_set",
    ]);
    expect(await during(() => ensureCustomerRateLimit(queue(2), log))).toEqual([
      "customer_rate_limit_kept",
    ]);
    const stop = new AbortController();
    const fail = async (): Promise<never> => {
      stop.abort();
      return await FAILS();
    };
    const failure = { event: "customer_rate_limit_failed", message: "retrying" } as const;
    const retry = () => retryUntilDone(fail, failure, log, stop.signal);
    expect(await during(retry)).toEqual(["customer_rate_limit_failed"]);
  });

  test("the schedule of the ledger's nightly check: created, kept, and not created yet", async () => {
    const client = await bareNamespace();
    const ensure = () => ensureLedgerSchedule(client, "a-queue", log);
    expect(await during(ensure)).toEqual(["schedule_created"]);
    expect(await during(ensure)).toEqual(["schedule_exists"]);
    const stop = new AbortController();
    const fail = async (): Promise<never> => {
      stop.abort();
      return await FAILS();
    };
    const failure = { event: "ledger_schedule_failed", message: "retrying" } as const;
    const retry = () => retryUntilDone(fail, failure, log, stop.signal);
    expect(await during(retry)).toEqual(["ledger_schedule_failed"]);
  });

  test("a server without fairness", async () => {
    const getSystemInfo = async () => await Promise.resolve({ serverVersion: "1.28.1" });
    const client = { workflowService: { getSystemInfo } } as unknown as Client;
    expect(await during(() => warnWithoutFairness(client, log))).toEqual(["fairness_missing"]);
  });

  test("the business of the API key: recorded, confirmed, another's, corrected, not known yet", async () => {
    const client = await bareNamespace();
    const check = (...ids: readonly (string | Error)[]) => {
      const rest = [...ids];
      const readBusinessId = async (): Promise<string> => {
        const next = await Promise.resolve(rest.shift() ?? "none");
        if (next instanceof Error) throw next;
        return next;
      };
      const alertOperator = async (): Promise<void> => await Promise.resolve();
      const given = { client, taskQueue: "a-queue", readBusinessId, alertOperator, log };
      return () => checkBusiness(given, signal(), 1);
    };
    await client.schedule.create(businessRecordOf("bus_example", "webhook", "a-queue"));
    await ensureSweepSchedule(client, "a-queue", "test_mode", log);
    expect(await during(check("bus_ours"))).toEqual(["business_corrected", "business_recorded"]);
    expect(await during(check("bus_ours"))).toEqual(["business_confirmed"]);
    const other = await during(check(new Error("down"), "bus_other"));
    expect(other).toEqual(["business_check_failed", "other_business"]);
  });
});

/** A role that may not ask for the server's version. */
function withoutSystemInfo(client: Client): Client {
  const workflowService = new Proxy(client.workflowService, {
    get: (service, name) => (name === "getSystemInfo" ? FAILS : Reflect.get(service, name)),
  });
  return new Proxy(client, {
    get: (one, name) => (name === "workflowService" ? workflowService : Reflect.get(one, name)),
  });
}

describe("the worker logs about its account", () => {
  const now = {
    withAbortSignal: async <T>(_: AbortSignal, work: () => Promise<T>) => await work(),
  };
  const charging = { kind: "running", limitPerSecond: null } as const;

  test("that Dodo refuses the key, that all charges are stopped, and that the alert failed", async () => {
    const stop = async () => await Promise.resolve({ charging, isNew: true });
    const resume = async () => await Promise.resolve(charging);
    const guard = createAccountGuard(now, { read: resume, stop, resume }, FAILS, log);
    const answer = "UNAUTHORIZED (HTTP 401, request req_1)";
    expect(await during(() => guard(answer))).toContain("charging_stopped");
    await until(() => lines.at(-1)?.event === "operator_alert_failed");
    const broken = createAccountGuard(now, { read: resume, stop: FAILS, resume }, FAILS, log);
    expect(await during(() => broken(answer))).toEqual(["charging_stop_failed"]);
    const report = async (): Promise<void> => await Promise.resolve();
    const alert = createAccountAlerts({ operatorEmail: null }, report, Date.now, NO_METRICS, log);
    const told = () => alert({ cause: "account_refused", said: answer }, true);
    expect(await during(told)).toEqual(["operator_notified"]);
  });

  test("that the mail server refuses the sender, or the operator's address", async () => {
    const refuses = async (): Promise<never> =>
      await Promise.reject(new SenderRefusedError("SMTP 550 5.7.1 at MAIL FROM"));
    const mailer = watchForRefusedSender({ send: refuses, close: () => undefined }, FAILS, log);
    const send = async () => await mailer.send({} as never).catch(() => null);
    expect(await during(send)).toContain("sender_refused");
    await until(() => lines.at(-1)?.event === "operator_alert_failed");
    const rejected: MailOutcome = { kind: "rejected", detail: "SMTP 550 5.1.1 at RCPT TO" };
    const { sendOperatorMail } = createOperatorMailActivities({
      dodo: { subscriber: FAILS },
      mailer: { send: async () => await Promise.resolve(rejected), close: () => undefined },
      operatorEmail: "operator@merchant.example",
      webUi: null,
      publicUrl: "https://pay.example",
      log,
    });
    const input = { at: 0, cause: "account_refused", count: 1, reports: [] } as const;
    expect(await during(() => sendOperatorMail(input))).toEqual(["operator_mail_rejected"]);
  });
});

describe("a process logs", () => {
  test("what Temporal's SDK says, without the text of an error that is not ours", async () => {
    const failure = new Error("ada@example.com");
    const logger = createTemporalLogger(log);
    const say = async (): Promise<void> => {
      logger.warn("Activity failed", { error: failure, workflowId: "recovery-sub_1" });
      await Promise.resolve();
    };
    expect(await during(say)).toEqual(["temporal"]);
    expect(lines.at(-1)).toMatchObject({ workflowId: "recovery-sub_1", error: { type: "Error" } });
    expect(JSON.stringify(lines.at(-1))).not.toContain("ada");
  });

  test("that a gauge cannot be read", async () => {
    const client = {
      options: { namespace: "default" },
      connection: { workflowService: {} },
      withAbortSignal: FAILS,
    } as unknown as Client;
    const stop = new AbortController();
    const metrics = { ...NO_METRICS };
    const given = { metrics, client: () => client, taskQueue: "reprise", log, now: Date.now };
    watchGauges(given, stop.signal);
    await until(() => lines.at(-1)?.event === "gauges_unread", { what: "the line" });
    stop.abort();
  });

  test("that its end failed, or took too long", async () => {
    const handlers: ((signal: string) => void)[] = [];
    vi.spyOn(process, "on").mockImplementation(((_: string, handler: (signal: string) => void) => {
      handlers.push(handler);
      return process;
    }) as never);
    const exits: unknown[] = [];
    vi.spyOn(process, "exit").mockImplementation(((code: number) => exits.push(code)) as never);
    const end = async (deadlineMs: number, close: () => Promise<void>): Promise<void> => {
      onShutdownSignal(log, deadlineMs, close);
      const before = exits.length;
      handlers.at(-1)?.("SIGTERM");
      await until(() => exits.length > before, { what: "the exit" });
    };
    const never = async (): Promise<void> => await new Promise<void>(() => undefined);
    expect(await during(() => end(TEST_LIMIT_MS, FAILS))).toContain("stop_failed");
    expect(await during(() => end(1, never))).toContain("stop_timed_out");
    expect(exits).toEqual([1, 1]);
  });
});

test("the worker's lines are those of the table", () => {
  expect(faults).toEqual([]);
});
