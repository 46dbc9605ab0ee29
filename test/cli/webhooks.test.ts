import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { skipTime } from "../../dev/temporal/skip-time.ts";
import type { Publication } from "../../domain/state/publication.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import { type CommandResult, operatorEnv, reprise } from "../support/command-line.ts";
import { differencesFromSchema } from "../support/json-schema.ts";
import { enqueueWebhooks, publicationOf } from "../support/merchant/publications.ts";
import {
  type Receiver,
  RECEIVER_KEY,
  type ReceivedWebhook,
  startReceiver,
} from "../support/merchant/webhook-receiver.ts";
import { OPERATOR_KEYS } from "../support/system/gateway.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

let receiver: Receiver;
let system: TestSystem;

beforeAll(async () => {
  receiver = await startReceiver();
  system = await startTestSystem({ outgoingWebhook: { url: receiver.url, keys: [RECEIVER_KEY] } });
});

afterAll(async () => {
  await system.close();
  await receiver.close();
});

beforeEach(() => receiver.acceptAll());

const run = async (...args: readonly string[]): Promise<CommandResult> =>
  await reprise(args, { env: operatorEnv(system.gatewayUrl) });

const idOf = (subscriptionId: string, number: number): string =>
  publicationOf(subscriptionId, number).id;

async function enqueue(subscriptionId: string, ...numbers: readonly number[]): Promise<void> {
  const publication = (number: number): Publication =>
    publicationOf(subscriptionId, number, { attempts: number });
  await enqueueWebhooks(system, numbers.map(publication));
}

async function skipDelivery(subscriptionId: string): Promise<void> {
  const { nativeConnection } = system.environment;
  await skipTime(nativeConnection, "default", `delivery-${subscriptionId}`, DAY_MS);
}

type Row = {
  readonly id: string;
  readonly state: string;
  readonly attempts: readonly { readonly at: string; readonly status: number | null }[];
};

async function listOf(subscriptionId: string): Promise<readonly Row[]> {
  const { out, err } = await run("webhooks", "list", "--subscription", subscriptionId, "--json");
  expect(err).toBe("");
  expect(differencesFromSchema("webhooks-list", out)).toEqual([]);
  return (JSON.parse(out) as { readonly deliveries: readonly Row[] }).deliveries;
}

const rowsIn = async (
  subscriptionId: string,
  ...states: readonly string[]
): Promise<readonly Row[]> =>
  await until(
    async () => {
      const rows = await listOf(subscriptionId);
      const found = rows.map(({ state }) => state);
      return JSON.stringify(found) === JSON.stringify(states) ? rows : null;
    },
    { what: `deliveries ${states.join(", ")}` },
  );

const statusesOf = (row: Row | undefined): readonly (number | null)[] =>
  row?.attempts.map(({ status }) => status) ?? [];

const receivedAs = (id: string): readonly ReceivedWebhook[] =>
  receiver.received.filter((one) => one.id === id);

describe("reprise webhooks", () => {
  test("lists each webhook with every answer to it, newest first", async () => {
    receiver.answers.next = [
      { kind: "answer", status: 500 },
      { kind: "take_and_drop" },
      { kind: "answer", status: 204 },
      { kind: "answer", status: 410 },
    ];
    await enqueue("sub_listed", 1, 2);
    await skipDelivery("sub_listed");
    const [second, first] = await rowsIn("sub_listed", "given_up", "delivered");
    expect([first?.id, second?.id]).toEqual([idOf("sub_listed", 1), idOf("sub_listed", 2)]);
    expect(statusesOf(first)).toEqual([500, null, 204]);
    expect(statusesOf(second)).toEqual([410]);
    const { out, code } = await run("webhooks", "list", "--subscription", "sub_listed");
    expect(code).toBe(0);
    const line = out.split("\n").find((one) => one.startsWith(idOf("sub_listed", 1))) ?? "";
    expect(line.split(/ {2,}/)).toEqual([
      idOf("sub_listed", 1),
      "recovery.opened",
      "delivered",
      "3",
      expect.stringMatching(/^HTTP 204, /),
      "–",
    ]);
  });

  test("sends a delivered webhook again: the same id and body, with a new timestamp and signature", async () => {
    const id = idOf("sub_again", 1);
    await enqueue("sub_again", 1);
    await until(() => receivedAs(id).length === 1, { what: "the first delivery" });
    await rowsIn("sub_again", "delivered");
    // The timestamp has whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const { code, out } = await run("webhooks", "redeliver", id);
    expect([code, out]).toEqual([0, expect.stringContaining(`${id} is sent again.`)]);
    await until(() => receivedAs(id).length === 2, { what: "the second delivery" });
    const [first, second] = receivedAs(id);
    expect(second?.body).toBe(first?.body);
    for (const header of ["webhook-timestamp", "webhook-signature"]) {
      expect(second?.headers[header]).not.toBe(first?.headers[header]);
    }
    expect(receiver.refused).toEqual([]);
    await until(
      async () => (await listOf("sub_again")).every(({ state }) => state === "delivered"),
      {
        what: "its end",
      },
    );
    expect((await listOf("sub_again")).map((row) => [row.id, statusesOf(row)])).toEqual([
      [id, [204]],
      [id, [204]],
    ]);
    const json = await run("webhooks", "redeliver", id, "--json");
    expect(differencesFromSchema("webhooks-redeliver", json.out)).toEqual([]);
    await until(() => receivedAs(id).length === 3, { what: "the third delivery" });
  });

  test("sends a webhook that was given up again, and names in Temporal who asked for it", async () => {
    const id = idOf("sub_gone", 1);
    receiver.answers.next = [{ kind: "answer", status: 410 }];
    await enqueue("sub_gone", 1);
    await rowsIn("sub_gone", "given_up");
    expect((await run("webhooks", "redeliver", id)).code).toBe(0);
    await until(() => receivedAs(id).length === 2, { what: "the second delivery" });
    const handle = system.client.workflow.getHandle("delivery-sub_gone");
    const { events } = await handle.fetchHistory();
    const signal = events?.find(
      ({ workflowExecutionSignaledEventAttributes: one }) => one?.signalName === "redeliver",
    );
    const payload = signal?.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0];
    expect(Buffer.from(payload?.data ?? "").toString()).toContain('"by":"anna"');
  });

  test("refuses to send again what is still to be delivered, and what Temporal does not have", async () => {
    receiver.answers.others = { kind: "answer", status: 500 };
    await enqueue("sub_trying", 1, 2);
    const rows = await until(
      async () => {
        const found = await listOf("sub_trying");
        return statusesOf(found.at(-1)).length > 0 ? found : null;
      },
      { what: "the first try" },
    );
    expect(rows.map(({ state }) => state)).toEqual(["queued", "trying"]);
    expect(statusesOf(rows[1])[0]).toBe(500);
    for (const number of [1, 2]) {
      const result = await run("webhooks", "redeliver", idOf("sub_trying", number));
      expect([result.code, result.err]).toEqual([
        1,
        expect.stringContaining("It is still to be delivered"),
      ]);
    }
    const absent = await run("webhooks", "redeliver", idOf("sub_nobody", 1));
    expect([absent.code, absent.err]).toEqual([
      1,
      expect.stringContaining("Temporal has no webhook"),
    ]);
    expect((await run("webhooks", "list", "--subscription", "sub_nobody")).out).toContain(
      "No webhooks.",
    );
    await system.client.workflow.getHandle("delivery-sub_trying").terminate();
  });

  test("lists page by page, each webhook once, and refuses the cursor of another list", async () => {
    const subscriptions = Array.from({ length: 12 }, (_one, number) => `sub_page${number}`);
    await Promise.all(subscriptions.map((id) => enqueue(id, 1)));
    await Promise.all(subscriptions.map((id) => rowsIn(id, "delivered")));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const more: readonly string[] = cursor === null ? [] : ["--cursor", cursor];
      const { out } = await run("webhooks", "list", "--json", ...more);
      const page = JSON.parse(out) as { deliveries: Row[]; next_cursor: string | null };
      seen.push(...page.deliveries.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    const own = seen.filter((id) => id.includes("sub_page"));
    expect(own.toSorted()).toEqual(subscriptions.map((id) => idOf(id, 1)).toSorted());
    const url = `${system.gatewayUrl}/v1/deliveries?cursor=AAAAAAAAAAAA`;
    const headers = { authorization: `Bearer ${OPERATOR_KEYS[0].secret}` };
    const answer = await fetch(url, { headers });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      400,
      expect.stringContaining("application/problem+json"),
    ]);
    expect(await answer.json()).toMatchObject({ code: "invalid_cursor" });
  });
});
