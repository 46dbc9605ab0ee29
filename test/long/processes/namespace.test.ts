import { Client, WorkflowNotFoundError } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Inbox, startInbox } from "../../../dev/local-stack/inbox.ts";
import { type LocalStack, startLocalStack } from "../../../dev/local-stack/local-stack.ts";
import { type Service, startService } from "../../../dev/local-stack/services.ts";
import { tailOf } from "../../../dev/process/child-process.ts";
import { type Sandbox, startSandbox } from "../../../sandbox/sandbox.ts";
import { build } from "../../support/build.ts";
import { connectTemporal, uniqueTaskQueue } from "../../support/temporal/connection.ts";
import { POLICY_OF_SECONDS } from "../../support/system/process-stack.ts";
import { until } from "../../support/until.ts";

let environment: TestWorkflowEnvironment;
let folder: string;
const stacks: LocalStack[] = [];

beforeAll(async () => {
  environment = await connectTemporal();
  folder = mkdtempSync(join(tmpdir(), "reprise-namespace-"));
});

afterAll(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
  await environment.teardown();
  rmSync(folder, { recursive: true, force: true });
});

/** A namespace as `temporal operator namespace create` makes it. */
async function bareNamespace(): Promise<Client> {
  const namespace = `bare-${randomUUID()}`;
  const { workflowService } = environment.connection;
  const workflowExecutionRetentionPeriod = msToTs("60d");
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  await until(async () => await workflowService.describeNamespace({ namespace }));
  return new Client({ connection: environment.nativeConnection, namespace });
}

async function startStack(client: Client): Promise<LocalStack> {
  const stack = await startLocalStack({
    temporal: { address: inject("temporalAddress"), namespace: client.options.namespace },
    taskQueue: uniqueTaskQueue(),
    folder: join(folder, client.options.namespace),
    build: build(),
    policy: POLICY_OF_SECONDS,
    sandbox: { settings: { webhookRetryScale: 0.0005 } },
  });
  stacks.push(stack);
  return stack;
}

async function failCharge({ sandbox }: LocalStack): Promise<string> {
  const { subscriptionId } = await sandbox.control.createSubscription({ onDemand: true });
  await sandbox.control.script(subscriptionId, [], "succeed");
  await sandbox.control.charge(subscriptionId, { outcome: { decline: "INSUFFICIENT_FUNDS" } });
  return subscriptionId;
}

test("a gateway on a namespace without search attributes is not ready, and a worker's first start makes it so and recovers the charge that failed before", async () => {
  const client = await bareNamespace();
  const stack = await startStack(client);
  const { sandbox, gatewayUrl } = stack;
  await stack.startGateway("1");
  const ready = async (): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${gatewayUrl}/readyz`);
    return { status: response.status, body: await response.json() };
  };
  await until(async () => !/unreachable/.test(JSON.stringify(await ready())), {
    what: "Temporal's answer",
  });
  expect(await ready()).toEqual({
    status: 503,
    body: { status: "no worker has found the namespace fit yet: start a worker, and read its log" },
  });
  const subscriptionId = await failCharge(stack);
  await stack.startWorker("1");
  // A watch asks Temporal, at most once a second.
  await until(async () => (await ready()).status === 200, { what: "a gateway that is ready" });
  await sandbox.control.replayDeliveries({ subscriptionId });
  await until(async () => (await sandbox.control.ledgerOf(subscriptionId)).succeeded > 0, {
    what: "the recovery",
  });
  const recovery = client.workflow.getHandle(`recovery-${subscriptionId}`);
  expect(await recovery.result()).toMatchObject({ outcome: "recovered" });
  expect(await sandbox.control.ledgerOf(subscriptionId)).toMatchObject({ succeeded: 1 });
});

test("webhooks of another business are acknowledged by the gateway, open no recovery, and are told to the operator by mail", async () => {
  const client = await bareNamespace();
  const stack = await startStack(client);
  const { control } = stack.sandbox;
  await stack.startGateway("1");
  await stack.startWorker("1");
  const ours = await failCharge(stack);
  const recovery = (id: string) => client.workflow.getHandle(`recovery-${id}`);
  await until(async () => await recovery(ours).describe(), { what: "our recovery" });
  await control.setSettings({ businessId: "bus_of_somebody_else" });
  const theirs = await failCharge(stack);
  const failed = await until(
    async () => {
      const deliveries = await control.deliveries({ subscriptionId: theirs });
      return deliveries.find(
        ({ type, attempts }) => type === "payment.failed" && attempts.some(({ status }) => status),
      );
    },
    { what: "the delivery of the other business" },
  );
  expect(failed.attempts.map(({ status }) => status)).toEqual([200]);
  await expect(recovery(theirs).describe()).rejects.toBeInstanceOf(WorkflowNotFoundError);
  const mail = await until(
    () => stack.inbox.mails.find(({ to }) => to.includes("operator@shop.example")),
    { what: "the operator's mail" },
  );
  expect(mail.subject + mail.text).toMatch(/another Dodo business/);
  expect(mail.text).toContain("webhook of bus_of_somebody_else, in a namespace of bus_sandbox");
});

describe("test and live", () => {
  let sandbox: Sandbox;
  let inbox: Inbox;
  const workers: Service[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox();
    inbox = await startInbox();
  });

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await sandbox.close();
    await inbox.close();
  });

  type Mode = "test_mode" | "live_mode";

  /** Starts a worker process, as a merchant would, without waiting for it. */
  function startWorker(client: Client, mode: Mode): { service: Service; log: () => string } {
    const service = startService({
      name: "worker",
      env: {
        TEMPORAL_ADDRESS: inject("temporalAddress"),
        TEMPORAL_NAMESPACE: client.options.namespace,
        TEMPORAL_TASK_QUEUE: `modes-${mode}`,
        LINK_SIGNING_KEYS: Buffer.alloc(32, 7).toString("base64"),
        PUBLIC_URL: "http://127.0.0.1:3000",
        DODO_PAYMENTS_ENVIRONMENT: mode,
        DODO_PAYMENTS_API_KEY: sandbox.apiKey,
        DODO_PAYMENTS_BASE_URL: sandbox.url,
        SMTP_URL: inbox.smtpUrl,
        EMAIL_FROM: "Sample Shop <billing@shop.example>",
      },
      logFolder: join(folder, client.options.namespace),
      build: build(),
      run: `${mode}-${workers.length}`,
    });
    workers.push(service);
    return { service, log: () => tailOf(service.logFile, 10_000) };
  }

  /** What became of a started worker. */
  async function outcomeOf({ service, log }: ReturnType<typeof startWorker>): Promise<string> {
    return await Promise.race([
      service.ended,
      until(() => log().includes('"event":"worker_started"')).then(() => "started"),
    ]);
  }

  const UNFIT = "exit code 78, no signal";

  test("never share a namespace: of two first starts at the same moment one worker runs, and the other exits with code 78 and says why", async () => {
    const client = await bareNamespace();
    const modes = ["test_mode", "live_mode"] as const;
    const started = modes.map((mode) => startWorker(client, mode));
    const outcomes = await Promise.all(started.map(outcomeOf));
    expect(outcomes.toSorted()).toEqual([UNFIT, "started"].toSorted());
    const owner = modes[outcomes.indexOf("started")];
    const { memo } = await client.schedule.getHandle("reprise-reconciliation").describe();
    expect(memo).toEqual({ reprise_mode: owner });
    const refused = started[outcomes.indexOf(UNFIT)];
    expect(refused?.log()).toMatch(
      new RegExp(
        `^configuration: TEMPORAL_NAMESPACE: namespace "[^"]+" belongs to ${owner}, and DODO_PAYMENTS_ENVIRONMENT is (test|live)_mode\\. Give`,
        "m",
      ),
    );
    expect(refused?.log()).toContain('"event":"namespace_unfit","what":"other_mode"');
    expect(refused?.log()).not.toMatch(/\n\s+at /);
  });

  test("never share a namespace one after the other: live is refused after test has stopped, and test starts again", async () => {
    const client = await bareNamespace();
    const first = startWorker(client, "test_mode");
    expect(await outcomeOf(first)).toBe("started");
    await first.service.stop();
    expect(await outcomeOf(startWorker(client, "live_mode"))).toBe(UNFIT);
    expect(await outcomeOf(startWorker(client, "test_mode"))).toBe("started");
  });

  test("a worker whose namespace is missing exits with code 78 and the command that creates it", async () => {
    const namespace = `absent-${randomUUID()}`;
    const client = new Client({ connection: environment.nativeConnection, namespace });
    const worker = startWorker(client, "test_mode");
    expect(await outcomeOf(worker)).toBe(UNFIT);
    expect(worker.log()).toContain(
      `temporal operator namespace create --namespace ${namespace} --retention 60d`,
    );
  });
});
