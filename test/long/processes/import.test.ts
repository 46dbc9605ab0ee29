import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Service } from "../../../dev/local-stack/services.ts";
import { OPERATOR_KEYS } from "../../support/system/gateway.ts";
import {
  countRecoveries,
  failBefore,
  importDone,
  startImport,
  viewImport,
} from "../../support/merchant/imports.ts";
import {
  operatorKeysOf,
  type ProcessStack,
  startProcessStack,
} from "../../support/system/process-stack.ts";
import { until } from "../../support/until.ts";

const DEBTS = 200;
/** Every tenth debt is older than `max_debt_age`: its customer is asked at once. */
const OLD_EVERY = 10;

let processes: ProcessStack;
let worker: Service;

beforeAll(async () => {
  processes = await startProcessStack("import-200", {
    operatorKeys: operatorKeysOf(OPERATOR_KEYS),
    policy: "opening_reread: 1s\n",
    // All of it happened before Reprise.
    sandbox: { settings: { webhookUrl: null, unsettledDetails: "given" } },
  });
  await processes.stack.startGateway("1");
  worker = await processes.stack.startWorker("1");
});

afterAll(async () => {
  await processes.close();
});

describe(`an import of ${DEBTS} debts whose worker is killed half-way`, () => {
  test("opens each debt once, charges none, mails each customer once, and opens none when repeated", async () => {
    const { stack, client } = processes;
    const { gatewayUrl, taskQueue, inbox, sandbox } = stack;
    for (let start = 0; start < DEBTS; start += 20) {
      const some = Array.from({ length: 20 }, (_one, at) => start + at);
      await Promise.all(
        some.map((number) =>
          failBefore(stack, `customer-${number}@example.com`, number % OLD_EVERY === 0 ? 40 : 2),
        ),
      );
    }
    const id = await startImport(gatewayUrl, { from_dodo: true, dry_run: false });
    await until(async () => ((await viewImport(gatewayUrl, id))?.judged ?? 0) >= DEBTS / 2, {
      what: "half of the import",
    });
    await worker.kill();
    expect((await countRecoveries(client, taskQueue)) < DEBTS).toBe(true);
    worker = await stack.startWorker("2");

    expect(await importDone(gatewayUrl, id)).toMatchObject({
      state: "done",
      total: DEBTS,
      opens: DEBTS,
      left_out: {},
      by: "anna",
      verified: true,
    });
    await until(async () => (await countRecoveries(client, taskQueue)) === DEBTS, {
      what: "the recoveries in Temporal's list",
    });
    await until(() => inbox.mails.length >= DEBTS / OLD_EVERY, { what: "the mails" });

    const again = await startImport(gatewayUrl, { from_dodo: true, dry_run: false });
    expect(await importDone(gatewayUrl, again)).toMatchObject({
      opens: 0,
      have_recovery: DEBTS,
      rows: [],
    });
    expect(await countRecoveries(client, taskQueue)).toBe(DEBTS);
    const requests = await sandbox.control.requests();
    expect(requests.filter(({ method }) => method === "POST")).toEqual([]);
    const asked = inbox.mails.map(({ to }) => String(to));
    expect(asked).toHaveLength(DEBTS / OLD_EVERY);
    expect(new Set(asked).size).toBe(asked.length);
  });
});
