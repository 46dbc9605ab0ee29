import type { Client } from "@temporalio/client";
import {
  DefaultFailureConverter,
  defaultPayloadConverter,
  ensureApplicationFailure,
} from "@temporalio/common";
import { MockActivityEnvironment } from "@temporalio/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMailer, type Mailer } from "../../activities/mail/mailer.ts";
import { type Inbox, startInbox } from "../../dev/local-stack/inbox.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { createLog } from "../../platform/log.ts";
import { createTemporalLogger } from "../../platform/temporal/connection.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { type AllActivities, createAllActivities } from "../../worker/activities.ts";
import { failureInterceptor } from "../../activities/failure-interceptor.ts";
import { RECEIVER_KEY } from "../support/merchant/webhook-receiver.ts";
import { textOfHistory } from "../support/temporal/history-text.ts";
import { inputsFor } from "./every-activity.ts";
import { ANSWERS, PERSON, SENTENCE, tracesOf } from "./persons.ts";

let sandbox: Sandbox;
let inbox: Inbox;
let ids: { readonly subscriptionId: string; readonly paymentId: string };

beforeAll(async () => {
  sandbox = await startSandbox();
  inbox = await startInbox();
  const { control } = sandbox;
  const { subscriptionId } = await control.createSubscription({ onDemand: true });
  await control.script(subscriptionId, [{ decline: "EXPIRED_CARD" }], "succeed");
  const { paymentId } = await control.charge(subscriptionId);
  ids = { subscriptionId, paymentId };
});

afterAll(async () => {
  await sandbox.close();
  await inbox.close();
});

/** A client of Temporal of which every call ends so. */
function clientWhere(call: () => Promise<unknown>): Client {
  const part: object = new Proxy(() => undefined, {
    get: (_target, name) => {
      if (name === "then") return undefined;
      if (name === "options") {
        return {
          namespace: "default",
          loadedDataConverter: { payloadConverter: defaultPayloadConverter },
        };
      }
      if (name === "withAbortSignal") return (_signal: unknown, work: () => unknown) => work();
      if (name === Symbol.asyncIterator) {
        return () => ({ next: async () => ({ value: await call(), done: true }) });
      }
      const isPart = ["workflow", "schedule", "connection", "workflowService"].includes(
        String(name),
      );
      if (isPart) return part;
      return name === "getHandle" || name === "list" ? () => part : call;
    },
  });
  return part as Client;
}

const WORKING = clientWhere(async () => await Promise.resolve({ kind: "granted" }));

/** As gRPC and the SDK's client report a failed call: the server's words are in the message and in `details`. */
function temporalFailure(): Error {
  const cause = Object.assign(new Error(`3 INVALID_ARGUMENT: ${SENTENCE}`), {
    code: 3,
    details: SENTENCE,
  });
  return Object.assign(new Error(SENTENCE, { cause }), { name: "ServiceError" });
}

type Surroundings = {
  readonly client?: Client;
  readonly fetch?: typeof globalThis.fetch;
  readonly mailer?: Mailer;
};

type Told = { readonly text: string; readonly isFailure: boolean };

/** Everything that Temporal would record of one activity, and everything that is logged. */
async function toldBy(name: keyof AllActivities, surroundings: Surroundings): Promise<Told> {
  const lines: string[] = [];
  const log = createLog("trace", "worker", { write: (line) => lines.push(line) });
  const mailer = surroundings.mailer ?? createMailer(inbox.smtpUrl, "billing@merchant.example");
  const off = async (): Promise<never> => await Promise.reject(temporalFailure());
  const activities = createAllActivities(
    {
      apiKey: sandbox.apiKey,
      environment: "test_mode",
      baseUrl: sandbox.url,
      requestTimeoutMs: 5_000,
      taskQueue: "hostile",
      policy: { ...DEFAULT_POLICY, oneTimePayments: "notify" },
      mode: "act",
      linkKeys: [Buffer.alloc(32, 9)],
      publicUrl: "https://pay.merchant.example",
      brand: PLAIN_BRAND,
      operatorEmail: "operator@merchant.example",
      webUiUrl: null,
      outgoingWebhook: { url: "https://hooks.merchant.example/", keys: [RECEIVER_KEY] },
    },
    {
      client: surroundings.client ?? WORKING,
      charging: { read: off, stop: off, resume: off },
      mailer,
      log,
      now: () => Date.now(),
      fetch: surroundings.fetch ?? globalThis.fetch,
    },
  );
  const input = inputsFor(ids.subscriptionId, ids.paymentId)[name]();
  const activity = activities[name] as (given: unknown) => Promise<unknown>;
  const environment = new MockActivityEnvironment(
    {},
    { interceptors: [failureInterceptor], logger: createTemporalLogger(log) },
  );
  try {
    const result: unknown = await environment.run(activity, input);
    return { text: [JSON.stringify(result), ...lines].join("\n"), isFailure: false };
  } catch (error) {
    const failure = new DefaultFailureConverter().errorToFailure(
      ensureApplicationFailure(error),
      defaultPayloadConverter,
    );
    return { text: [textOfHistory(failure), ...lines].join("\n"), isFailure: true };
  } finally {
    mailer.close();
  }
}

const NAMES = Object.keys(inputsFor("sub_1", "pay_1")) as (keyof AllActivities)[];

/** The activities that tell of the person, each with the words around it, and how many activities failed. */
async function traces(surroundings: Surroundings): Promise<{
  readonly found: readonly string[];
  readonly failures: number;
}> {
  const told = await Promise.all(
    NAMES.map(async (name) => ({ name, ...(await toldBy(name, surroundings)) })),
  );
  return {
    found: told.flatMap(({ name, text }) => tracesOf(text).map((trace) => `${name}: ${trace}`)),
    failures: told.filter(({ isFailure }) => isFailure).length,
  };
}

/** A `fetch` that hands out the answer, as a function of the request where the SDK may ask again. */
const answering =
  (answer: () => Response): typeof globalThis.fetch =>
  async () =>
    await Promise.resolve(answer());

describe("no activity records or logs a person that is named by", () => {
  test.each(Object.entries(ANSWERS))("Dodo or a receiver: %s", async (_name, answer) => {
    const { found, failures } = await traces({ fetch: answering(answer) });
    expect(found).toEqual([]);
    expect(failures).toBeGreaterThan(0);
  });

  test("Temporal, which refuses every call", async () => {
    const client = clientWhere(async () => await Promise.reject(temporalFailure()));
    const { found, failures } = await traces({ client });
    expect(found).toEqual([]);
    expect(failures).toBeGreaterThan(5);
  });

  test.each([
    ["greeting", 421, undefined],
    ["sender", 550, "5.7.1"],
    ["recipient", 450, "4.2.0"],
    ["recipient", 550, "5.1.1"],
    ["data", 451, "4.3.0"],
  ] as const)("the mail server at %s with %i %s", async (step, status, code) => {
    const text = `<${PERSON.address}>: Recipient address rejected: ${PERSON.name} ${PERSON.phone}`;
    inbox.refusals[step] = { status, text, ...(code === undefined ? {} : { code }) };
    try {
      const { found } = await traces({});
      expect(found).toEqual([]);
      expect(inbox.refused).toContain(step);
    } finally {
      delete inbox.refusals[step];
    }
  });

  test("a mailer with a bug", async () => {
    const send = async (): Promise<never> => await Promise.reject(new Error(SENTENCE));
    const { found, failures } = await traces({ mailer: { send, close: () => undefined } });
    expect(found).toEqual([]);
    expect(failures).toBeGreaterThan(0);
  });
});
