import { Client } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { SEARCH_ATTRIBUTES } from "../../dev/temporal/server.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { createLog, type Log } from "../../platform/log.ts";
import { type NamespaceNeeds, untilFit } from "../../worker/namespace/preconditions.ts";
import type { OperatorCalls } from "../../platform/temporal/search-attributes.ts";
import type { Unfitness } from "../../worker/namespace/unfitness.ts";
import { ensureSweepSchedule, sweepScheduleOf } from "../../worker/schedules/sweep-schedule.ts";
import { SWEEP_SCHEDULE } from "../../workflows/contract.ts";
import { TEST_LIMIT_MS, WAIT_LIMIT_MS } from "../support/limits.ts";
import { connectTemporal } from "../support/temporal/connection.ts";
import { until } from "../support/until.ts";

type Environment = NamespaceNeeds["environment"];

/** @source github.com/temporalio/api, temporal/api/enums/v1/common.proto, `IndexedValueType` */
const TYPES = { Keyword: 2, Int: 3, Datetime: 6 };

let environment: TestWorkflowEnvironment;
const quiet = createLog("fatal", "test");

beforeAll(async () => {
  environment = await connectTemporal();
});

afterAll(async () => {
  await environment.teardown();
});

/** A namespace of the real server, without search attributes. */
async function bareNamespace(retention: `${number}d` = "60d"): Promise<Client> {
  const namespace = `bare-${randomUUID()}`;
  const { workflowService } = environment.connection;
  const workflowExecutionRetentionPeriod = msToTs(retention);
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  await until(async () => await workflowService.describeNamespace({ namespace }));
  return new Client({ connection: environment.nativeConnection, namespace });
}

const attributesOf = async (client: Client): Promise<Record<string, unknown>> => {
  const { namespace } = client.options;
  const { operatorService } = environment.connection;
  return (await operatorService.listSearchAttributes({ namespace })).customAttributes ?? {};
};

async function addAttributes(client: Client, types: Record<string, number>): Promise<void> {
  const { namespace } = client.options;
  await until(async () => {
    await environment.connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: types,
    });
    const found = await attributesOf(client);
    return Object.keys(types).every((name) => name in found);
  });
}

type Given = {
  readonly mode?: Environment;
  readonly operator?: OperatorCalls;
  readonly log?: Log;
  readonly patienceMs?: number;
};

/** For a namespace that stays unfit. */
const IMPATIENT = { patienceMs: 1_500 } as const;

async function check(client: Client, given: Given = {}): Promise<Unfitness | null> {
  const { mode = "test_mode", log = quiet, patienceMs = WAIT_LIMIT_MS } = given;
  const { operatorService } = environment.nativeConnection;
  const needs: NamespaceNeeds = {
    client,
    operator: given.operator ?? operatorService,
    environment: mode,
    policy: DEFAULT_POLICY,
    ensureSchedule: async () => await ensureSweepSchedule(client, "a-queue", mode, log),
    log,
  };
  return await untilFit(needs, AbortSignal.timeout(TEST_LIMIT_MS), patienceMs);
}

/** Collects what is logged as warnings, by event. */
function recordingLog(): { readonly log: Log; readonly warnings: () => Record<string, unknown>[] } {
  const found: Record<string, unknown>[] = [];
  const warn = ((fields: object, text: string) => {
    found.push({ ...fields, text });
  }) as Log["warn"];
  return { log: { ...createLog("fatal", "test"), warn }, warnings: () => found };
}

/** Runs the command that a text ends with, as a person would. */
function runCommandOf(text: string): void {
  const command = /: temporal (operator .*)$/.exec(text)?.[1]?.split(" ") ?? [];
  const options = { encoding: "utf8", env: {}, stdio: "pipe" } as const;
  const yes = command.includes("remove") ? ["--yes"] : [];
  const args = [...command, "--address", inject("temporalAddress"), ...yes];
  execFileSync(inject("temporalCliPath"), args, options);
}

describe("a namespace without the search attributes", () => {
  test("gets every one of them with its type, and nothing of them changes at the next start", async () => {
    const client = await bareNamespace();
    for (const _ of [1, 2]) {
      expect(await check(client)).toBeNull();
      const expected = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, TYPES[type]]);
      expect(await attributesOf(client)).toEqual(Object.fromEntries(expected));
    }
  });

  test("gets them once from two workers at the same moment", async () => {
    const client = await bareNamespace();
    expect(await Promise.all([check(client), check(client)])).toEqual([null, null]);
    expect(Object.keys(await attributesOf(client)).toSorted()).toEqual(
      Object.keys(SEARCH_ATTRIBUTES).toSorted(),
    );
  });

  test("is refused with Temporal's reason where they cannot be created, and the command names each of them", async () => {
    const client = await bareNamespace();
    // SQL visibility has three columns for times.
    await addAttributes(client, { Mine1: 6, Mine2: 6, Mine3: 6 });
    const unfit = await check(client, IMPATIENT);
    expect(unfit?.what).toBe("search_attributes_missing");
    expect(unfit?.text).toContain("cannot have more than 3 search attribute of type Datetime");
    expect(unfit?.text).toMatch(
      new RegExp(
        `temporal operator search-attribute create --namespace ${client.options.namespace} .*--name NextAttemptAt --type Datetime.*--name AmountDue --type Int .*--name ChargeUnknownSince --type Datetime$`,
      ),
    );
  });

  test("is fit once a person has run the command of the refusal", async () => {
    const client = await bareNamespace();
    const { operatorService } = environment.nativeConnection;
    const forbidden = Object.assign(new Error("7"), { code: 7, details: "not your namespace" });
    const operator: OperatorCalls = {
      listSearchAttributes: operatorService.listSearchAttributes.bind(operatorService),
      addSearchAttributes: (() => Promise.reject(forbidden)) as never,
    };
    const unfit = await check(client, { operator, ...IMPATIENT });
    expect(unfit?.text).toContain("PERMISSION_DENIED: not your namespace");
    runCommandOf(unfit?.text ?? "");
    expect(await check(client, { operator })).toBeNull();
  });

  test("is fit for a role that may neither list nor create them, if they are there", async () => {
    const forbidden = (): Promise<never> =>
      Promise.reject(Object.assign(new Error("7"), { code: 7, details: "no" }));
    const operator: OperatorCalls = {
      listSearchAttributes: forbidden as never,
      addSearchAttributes: forbidden as never,
    };
    const client = await bareNamespace();
    const unfit = await check(client, { operator, ...IMPATIENT });
    expect(unfit?.what).toBe("search_attributes_missing");
    expect(unfit?.text).toContain("RecoveryState, RecoveryOutcome");
    expect(await check(client)).toBeNull();
    expect(await check(client, { operator })).toBeNull();
  });

  test("is refused at once if one of them exists with another type, and the command removes it", async () => {
    const client = await bareNamespace();
    await addAttributes(client, { AmountDue: TYPES.Keyword });
    const unfit = await check(client);
    expect(unfit).toMatchObject({ what: "search_attribute_of_other_type" });
    expect(unfit?.text).toContain("AmountDue is Keyword, expected Int");
    runCommandOf(unfit?.text ?? "");
    expect(await check(client)).toBeNull();
  });

  test("that does not exist is refused with the command that creates it", async () => {
    const namespace = `absent-${randomUUID()}`;
    const client = new Client({ connection: environment.nativeConnection, namespace });
    const unfit = await check(client, IMPATIENT);
    expect(unfit?.what).toBe("namespace_missing");
    runCommandOf(unfit?.text ?? "");
    expect(await check(client)).toBeNull();
  });
});

describe("a Temporal server", () => {
  const unavailable = Object.assign(new Error("14 UNAVAILABLE"), { code: 14, details: "down" });
  const needsOf = (client: Client, ensureSchedule: NamespaceNeeds["ensureSchedule"]) => ({
    client,
    operator: environment.nativeConnection.operatorService,
    environment: "test_mode" as const,
    policy: DEFAULT_POLICY,
    ensureSchedule,
    log: quiet,
  });

  test("that is down is asked again for longer than an unfit namespace, because an outage is no reason to exit", async () => {
    let calls = 0;
    const needs = needsOf(await bareNamespace(), async () => {
      calls += 1;
      if (calls <= 3) throw unavailable;
      return await Promise.resolve("test_mode");
    });
    expect(await untilFit(needs, AbortSignal.timeout(TEST_LIMIT_MS), 0)).toBeNull();
    expect(calls).toBe(4);
  });

  test("that is down keeps no worker from stopping", async () => {
    const stop = new AbortController();
    const needs = needsOf(await bareNamespace(), () => {
      stop.abort();
      return Promise.reject(unavailable);
    });
    expect(await untilFit(needs, stop.signal)).toBeNull();
  });

  test("that refuses the schedule refuses the worker, with its words and what to do", async () => {
    const forbidden = Object.assign(new Error("7"), { code: 7, details: "read-only key" });
    const needs = needsOf(await bareNamespace(), () => Promise.reject(forbidden));
    const unfit = await untilFit(needs, AbortSignal.timeout(TEST_LIMIT_MS), 1_000);
    expect(unfit?.what).toBe("schedule_refused");
    expect(unfit?.text).toContain("(PERMISSION_DENIED: read-only key)");
    expect(unfit?.text).toContain("write access");
  });
});

describe("the mode of a namespace", () => {
  const modeOf = async (client: Client): Promise<unknown> =>
    (await client.schedule.getHandle(SWEEP_SCHEDULE).describe()).memo?.["reprise_mode"];

  test("is recorded at the first start, and a worker of the other mode is refused then, and after an operator's change", async () => {
    const client = await bareNamespace();
    expect(await check(client, { mode: "live_mode" })).toBeNull();
    expect(await modeOf(client)).toBe("live_mode");
    const refusal = {
      what: "other_mode",
      text: expect.stringMatching(
        /belongs to live_mode, and DODO_PAYMENTS_ENVIRONMENT is test_mode.*TEMPORAL_NAMESPACE/,
      ),
    };
    expect(await check(client)).toMatchObject(refusal);
    const schedule = client.schedule.getHandle(SWEEP_SCHEDULE);
    await schedule.pause("maintenance");
    await schedule.update(({ action, policies, state }) => ({
      spec: { intervals: [{ every: "2h" }] },
      action: { ...action, taskQueue: "another-queue" },
      policies,
      state,
    }));
    await until(async () => (await schedule.describe()).spec.intervals?.[0]?.every === 7_200_000);
    expect(await modeOf(client)).toBe("live_mode");
    expect(await check(client)).toMatchObject(refusal);
    expect(await check(client, { mode: "live_mode" })).toBeNull();
  });

  test("belongs to one of two workers that start at the same moment, in each of five namespaces", async () => {
    for (let round = 0; round < 5; round += 1) {
      const client = await bareNamespace();
      await addAttributes(
        client,
        Object.fromEntries(Object.entries(SEARCH_ATTRIBUTES).map(([n, type]) => [n, TYPES[type]])),
      );
      const modes = ["test_mode", "live_mode"] as const;
      const results = await Promise.all(modes.map((mode) => check(client, { mode })));
      const recorded = await modeOf(client);
      expect(modes).toContain(recorded);
      expect(results.map((result) => result?.what ?? null)).toEqual(
        modes.map((mode) => (mode === recorded ? null : "other_mode")),
      );
    }
  });

  /** The sweep's schedule as an earlier version created it and an operator changed it. */
  async function scheduleOfEarlierVersion(client: Client): Promise<void> {
    const { memo: _, ...options } = sweepScheduleOf("a-queue", "test_mode");
    await client.schedule.create({
      ...options,
      memo: { team: "billing" },
      spec: { intervals: [{ every: "3h" }] },
      state: { paused: true, note: "paused by anna" },
    });
  }

  test("is recorded beside the schedule of an earlier version, which keeps what an operator changed", async () => {
    const client = await bareNamespace();
    await scheduleOfEarlierVersion(client);
    expect(await check(client)).toBeNull();
    const { memo, spec, state } = await client.schedule.getHandle(SWEEP_SCHEDULE).describe();
    expect(memo).toEqual({ team: "billing" });
    expect(spec.intervals).toMatchObject([{ every: 10_800_000 }]);
    expect(state).toMatchObject({ paused: true, note: "paused by anna" });
    const record = await client.schedule.getHandle("reprise-mode").describe();
    expect(record.memo).toEqual({ reprise_mode: "test_mode" });
    expect(record.state.paused).toBe(true);
    expect(await check(client, { mode: "live_mode" })).toMatchObject({ what: "other_mode" });
    // The record counts also where somebody deletes the schedule, and a worker of the other mode starts next.
    await client.schedule.getHandle(SWEEP_SCHEDULE).delete();
    expect(await check(client, { mode: "live_mode" })).toMatchObject({ what: "other_mode" });
    expect(await check(client)).toBeNull();
  });

  test("belongs to one of two workers that start at the same moment on the schedule of an earlier version", async () => {
    const client = await bareNamespace();
    await scheduleOfEarlierVersion(client);
    const modes = ["test_mode", "live_mode"] as const;
    const results = await Promise.all(modes.map((mode) => check(client, { mode })));
    const refused = results.map((result) => result?.what ?? null);
    expect(refused.toSorted()).toEqual([null, "other_mode"].toSorted());
  });
});

describe("what is only unwise", () => {
  const retentionOf = async (client: Client): Promise<number> => {
    const { namespace } = client.options;
    const found = await environment.connection.workflowService.describeNamespace({ namespace });
    return Number(found.config?.workflowExecutionRetentionTtl?.seconds);
  };

  test("a retention shorter than the window and fourteen days is warned of, with the command, and not changed", async () => {
    const client = await bareNamespace("7d");
    const { log, warnings } = recordingLog();
    expect(await check(client, { log })).toBeNull();
    expect(warnings()).toEqual([
      {
        event: "retention_short",
        namespace: client.options.namespace,
        retentionDays: 7,
        neededDays: 44,
        text: expect.stringContaining("temporal operator namespace update"),
      },
    ]);
    expect(await retentionOf(client)).toBe(7 * 86_400);
    runCommandOf(String(warnings()[0]?.["text"]));
    await until(async () => (await retentionOf(client)) === 44 * 86_400);
    const later = recordingLog();
    expect(await check(client, { log: later.log })).toBeNull();
    expect(later.warnings()).toEqual([]);
  });
});
