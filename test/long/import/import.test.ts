import type { Client } from "@temporalio/client";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalStack } from "../../../dev/local-stack/local-stack.ts";
import type { Service } from "../../../dev/local-stack/services.ts";
import type { ImportBody } from "../../../domain/import/body.ts";
import { MINUTE_MS, SECOND_MS } from "../../../domain/values/time.ts";
import type { RequestEntry } from "../../../sandbox/model/state/logs.ts";
import { ratesOf } from "../../../worker/workers.ts";
import { OPERATOR_KEYS } from "../../support/system/gateway.ts";
import {
  countRecoveries,
  failBefore,
  startImport,
  viewImport,
} from "../../support/merchant/imports.ts";
import {
  operatorKeysOf,
  type ProcessStack,
  startProcessStack,
} from "../../support/system/process-stack.ts";
import { until } from "../../support/until.ts";

const DEBTS = 5_000;
/** Every tenth debt is older than `max_debt_age`: its customer is asked at once. */
const OLD_EVERY = 10;
/** Twelve and a half times Dodo's limit: high, and yet the rate limit paces the import, and not two busy cores. */
const PER_MINUTE = 3_000;
/** Below the API's own limit. */
const LOOK_EVERY_MS = 2 * SECOND_MS;
const PATIENT = { timeoutMs: 29 * MINUTE_MS };

type Span = { readonly from: number; readonly to: number };

/** The whole minutes of a span. */
const minutesOf = ({ from, to }: Span): readonly Span[] =>
  Array.from({ length: Math.floor((to - from) / MINUTE_MS) }, (_, at) => ({
    from: from + at * MINUTE_MS,
    to: from + (at + 1) * MINUTE_MS,
  }));

let processes: ProcessStack;
let stack: LocalStack;
let client: Client;
let worker: Service;
let importId: string;
/** While the import ran, and nothing was down. */
const measured: Span[] = [];

beforeAll(async () => {
  processes = await startProcessStack("import", {
    operatorKeys: operatorKeysOf(OPERATOR_KEYS),
    ratePerMinute: PER_MINUTE,
    // All of it happened before Reprise.
    sandbox: { settings: { webhookUrl: null, unsettledDetails: "given" } },
  });
  ({ stack, client } = processes);
  await stack.startGateway("1");
  worker = await stack.startWorker("1");
});

afterAll(async () => {
  await processes.close();
});

const view = async (id: string): Promise<ImportBody | null> => {
  await delay(LOOK_EVERY_MS);
  return await viewImport(stack.gatewayUrl, id);
};

async function untilJudged(id: string, count: number): Promise<ImportBody> {
  return await until(
    async () => {
      const shown = await view(id);
      return shown !== null && shown.judged >= count ? shown : null;
    },
    { what: `${count} of ${id}`, ...PATIENT },
  );
}

const recoveries = async (): Promise<number> => await countRecoveries(client, stack.taskQueue);

const requests = async (): Promise<readonly RequestEntry[]> =>
  await stack.sandbox.control.requests();

/** Each activity of the queue begins with a read of its subscription. */
const isStartOfActivity = ({ method, route }: RequestEntry): boolean =>
  method === "GET" && route === "/subscriptions/:subscription_id";

describe(`an import of ${DEBTS} debts at ${PER_MINUTE} calls a minute`, () => {
  test("opens the first half", async () => {
    for (let start = 0; start < DEBTS; start += 20) {
      const some = Array.from({ length: Math.min(20, DEBTS - start) }, (_, at) => start + at);
      await Promise.all(
        some.map((number) =>
          failBefore(stack, `customer-${number}@example.com`, number % OLD_EVERY === 0 ? 40 : 2),
        ),
      );
    }
    const rateLimit = { perSecond: PER_MINUTE / 6, perMinute: PER_MINUTE };
    await stack.sandbox.control.setSettings({ rateLimit });
    importId = await startImport(stack.gatewayUrl, { from_dodo: true, dry_run: false });
    await untilJudged(importId, DEBTS / 50);
    const from = Date.now();
    expect(await untilJudged(importId, DEBTS / 2)).toMatchObject({ state: "running" });
    measured.push({ from, to: Date.now() });
    await worker.kill();
  });

  test("opens the rest, each once, once another worker runs", async () => {
    worker = await stack.startWorker("2");
    const { judged } = await untilJudged(importId, 1);
    // A worker that was killed is known by its heartbeats after ten seconds.
    await untilJudged(importId, Math.min(judged + DEBTS / 50, DEBTS));
    const from = Date.now();
    await untilJudged(importId, DEBTS);
    measured.push({ from, to: Date.now() });
    const done = await until(
      async () => {
        const shown = await view(importId);
        return shown?.state === "done" ? shown : null;
      },
      { what: "its end" },
    );
    expect(done).toMatchObject({ opens: DEBTS, left_out: {}, total: DEBTS, cut_off: false });
    expect(await recoveries()).toBe(DEBTS);
  });

  test("uses the share of the rate limit that such reads have, and meets no 429", async () => {
    const all = await requests();
    const starts = all.filter(isStartOfActivity).map(({ receivedAt }) => receivedAt);
    const shareIn = ({ from, to }: Span): number => {
      const started = starts.filter((at) => at >= from && at < to).length;
      const limit = (ratesOf(PER_MINUTE).otherActivitiesPerSecond * (to - from)) / SECOND_MS;
      return Number((started / limit).toFixed(3));
    };
    const shares = measured.map(shareIn);
    const within = ({ receivedAt }: RequestEntry): boolean =>
      measured.some(({ from, to }) => receivedAt >= from && receivedAt < to);
    const minutes = measured.reduce((sum, { from, to }) => sum + (to - from), 0) / MINUTE_MS;
    console.log({
      shares,
      // A share that a slow start lowers rises again; one that a busy machine lowers does so in single minutes.
      byMinute: measured.map((span) => minutesOf(span).map(shareIn).join(" ")),
      callsPerMinute: Math.round(all.filter(within).length / minutes),
      debtsPerSecond: Number((DEBTS / (minutes * 60)).toFixed(2)),
      minutes: Number(minutes.toFixed(1)),
    });
    expect(all.filter(({ status }) => status === 429)).toEqual([]);
    for (const share of shares) {
      expect(share).toBeGreaterThanOrEqual(0.95);
      expect(share).toBeLessThanOrEqual(1.03);
    }
  });

  test("charges nothing before a mail, and sends no customer a second mail", async () => {
    const posts = (await requests()).filter(({ method }) => method === "POST");
    expect(posts).toEqual([]);
    const asked = await until(
      () => {
        const to = stack.inbox.mails.map((mail) => String(mail.to));
        return to.length >= DEBTS / OLD_EVERY ? to : null;
      },
      { what: "the mails about old debts", ...PATIENT },
    );
    expect(asked).toHaveLength(DEBTS / OLD_EVERY);
    expect(new Set(asked).size).toBe(asked.length);
  });

  test("opens none when it is repeated", async () => {
    const again = await startImport(stack.gatewayUrl, { from_dodo: true, dry_run: false });
    const done = await until(
      async () => {
        const shown = await view(again);
        return shown?.state === "done" ? shown : null;
      },
      { what: "the end of the second import", ...PATIENT },
    );
    expect(done).toMatchObject({ opens: 0, have_recovery: DEBTS, rows: [] });
    expect(await recoveries()).toBe(DEBTS);
  });
});
