import type { Client } from "@temporalio/client";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalStack } from "../../../dev/local-stack/local-stack.ts";
import { PERSON, SENTENCE, tracesOf } from "../../hostile/persons.ts";
import { declinedCharge } from "../../support/system/failed-charge.ts";
import { type ProcessStack, startProcessStack } from "../../support/system/process-stack.ts";
import { textOfHistory } from "../../support/temporal/history-text.ts";
import { until } from "../../support/until.ts";

/** Seconds instead of days, with real timers. */
const POLICY = `
retry: { gaps: [4s, 8s, 8s], transient_gap: 4s, align: none, settle: 4s, settle_reads: 4, outcome_deadline: 60s, follow_up: [1s, 2s], after_method_change: 2s }
notices: { first_soft: 300s, before_attempt: 0s, hard: [0s, 200s] }
opening_reread: 1s
unknown_tax: none
window: 600s
quiet_end: 10s
`;

let client: Client;
let processes: ProcessStack;
let stack: LocalStack;
let folder: string;

beforeAll(async () => {
  processes = await startProcessStack("persons", {
    policy: POLICY,
    sandbox: { settings: { webhookRetryScale: 0.01 } },
  });
  ({ stack, client, folder } = processes);
  await stack.startGateway("1");
  await stack.startWorker("1");
});

afterAll(async () => {
  await processes.close();
});

const failing = async (email: string, decline: string): Promise<string> =>
  await declinedCharge(stack.sandbox.control, decline, { email });

const historyOf = async (id: string): Promise<string> =>
  textOfHistory(await client.workflow.getHandle(`recovery-${id}`).fetchHistory());

/** Every line that the gateway and the worker have written. */
const logs = (): string =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");

/** The memos and descriptions of all workflows of this task queue. */
async function memos(): Promise<string> {
  const texts: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list({
    query: `TaskQueue = "${stack.taskQueue}"`,
  })) {
    const { raw, memo } = await client.workflow.getHandle(workflowId, runId).describe();
    texts.push(textOfHistory({ raw, memo }));
  }
  return texts.join("\n");
}

test("what the mail server and Dodo say of a person stays out of histories, logs, memos and the operator's mails", async () => {
  const { inbox, sandbox } = stack;
  inbox.refusals.recipient = {
    status: 450,
    code: "4.2.0",
    text: `<${PERSON.address}>: Recipient address rejected (${PERSON.name})`,
  };
  // Greylisted: the notice is tried, and waits.
  const greylisted = await failing(PERSON.address, "EXPIRED_CARD");
  await until(() => inbox.refused.filter((step) => step === "recipient").length >= 2, {
    what: "a second try of the notice",
  });
  // A read and a charge that Dodo answers with a sentence about the customer.
  const subscriptionId = await failing("else@example.com", "INSUFFICIENT_FUNDS");
  const refusal = {
    kind: "refuse",
    status: 500,
    code: "INTERNAL_SERVER_ERROR",
    message: SENTENCE,
  } as const;
  await sandbox.control.addFault({
    ...refusal,
    method: "GET",
    route: "/subscriptions/:id",
    subscriptionId,
    times: 8,
  });
  await sandbox.control.addFault({
    ...refusal,
    method: "POST",
    route: "/subscriptions/:id/charge",
    subscriptionId,
  });
  await until(async () => (await historyOf(subscriptionId)).includes("INTERNAL_SERVER_ERROR"), {
    what: "Dodo's code in the history",
  });
  await until(() => logs().includes('"event":"dodo_refused"'), { what: "the refusal in the log" });
  // Temporal shows the latest failure of an activity that it tries again, and records it when the activity ends.
  const pending = await memos();
  delete inbox.refusals.recipient;
  await until(async () => (await historyOf(greylisted)).includes("SMTP 450 4.2.0 at RCPT TO"), {
    what: "the server's code in the history",
  });
  // A refused key ends in a mail to the operator, and stops all charging: it comes last.
  await failing("key@example.com", "INSUFFICIENT_FUNDS");
  await sandbox.control.addFault({
    kind: "refuse",
    status: 401,
    code: "UNAUTHORIZED",
    message: SENTENCE,
    times: 5,
  });
  const mailsToOperator = (): string =>
    inbox.mails
      .filter(({ recipients }) => recipients.includes("operator@shop.example"))
      .map((mail) => JSON.stringify(mail))
      .join("\n");
  await until(() => mailsToOperator().includes("UNAUTHORIZED"), { what: "the operator's mail" });
  const texts = {
    greylisted: await historyOf(greylisted),
    refused: await historyOf(subscriptionId),
    logs: logs(),
    pending,
    memos: await memos(),
    mailsToOperator: mailsToOperator(),
  };
  expect(pending).toContain("SMTP 450 4.2.0 at RCPT TO");
  const found = Object.entries(texts).map(([name, text]) => [name, tracesOf(text)]);
  expect(Object.fromEntries(found)).toEqual({
    greylisted: [],
    refused: [],
    logs: [],
    pending: [],
    memos: [],
    mailsToOperator: [],
  });
});
