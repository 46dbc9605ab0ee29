import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import type { RecoveryResult } from "../domain/result.ts";
import { CAST, type Member } from "./demo-cast.ts";
import type { ReceivedMail } from "./inbox.ts";
import { startMachine, type Machine } from "./machine.ts";
import { findTemporalCli } from "./temporal-cli.ts";
import { startTemporal, type TemporalServer } from "./temporal-server.ts";

/** A day of the story, on the wall's clock. */
const DAY_MS = 1_000;

/** The built-in policy with seconds for days; real timers, nothing skipped. */
const POLICY = `
retry:
  gaps: [3s, 7s, 7s]
  transient_gap: 1s
  align: none
  settle: 4s
  settle_reads: 4
  outcome_deadline: 20s
  follow_up: [1s]
  after_method_change: 1s
notices:
  first_soft: 1s
  before_attempt: 1s
  hard: [0s, 3s, 7s, 14s]
opening_reread: 1s
window: 30s
quiet_end: 3s
`;

const POLL_MS = 100;
const STORY_TIMEOUT_MS = 120_000;

/**
 * The main job once, on one machine: real Temporal, worker and gateway as processes, the sandbox Dodo, real SMTP.
 * The verdict comes from the sandbox's ledger over HTTP and from Temporal's results, never from our own state.
 *
 * @returns the process's exit code: 0, or 1 with what was wrong
 */
export async function demoOnce(env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "reprise-demo-"));
  let temporal: TemporalServer | null = null;
  let machine: Machine | null = null;
  try {
    const cli = await findTemporalCli({ env, say: console.log });
    console.log(
      `Temporal ${cli.version} (${cli.source}) starts, with worker, gateway, sandbox Dodo and inbox …`,
    );
    temporal = await startTemporal({ cli, timeSkipping: false });
    machine = await startMachine({
      temporal,
      taskQueue: "reprise",
      folder,
      policy: POLICY,
      sandbox: { settings: { ladderScale: 0.01 } },
    });
    await Promise.all([machine.startGateway("1"), machine.startWorker("1")]);
    console.log(`${CAST.length} customers; a day of theirs takes a second.\n`);
    const findings = await playAll(machine, temporal);
    console.log(verdictOf(findings));
    return findings.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await machine?.stop();
    await temporal?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function verdictOf(findings: readonly string[]): string {
  if (findings.length === 0) {
    return `\nAll ${CAST.length} stories ended right: every debt was collected once at most, and none was lost.`;
  }
  return `\nNot as it should be:\n${findings.map((finding) => `  - ${finding}`).join("\n")}`;
}

async function playAll(machine: Machine, temporal: TemporalServer): Promise<string[]> {
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection, namespace: temporal.namespace });
  try {
    const all = await Promise.all(CAST.map((member) => play(member, machine, client)));
    return all.flat();
  } finally {
    await connection.close();
  }
}

/** One customer's story, from the charge that fails to its end. @returns what was not as it should be */
async function play(member: Member, machine: Machine, client: Client): Promise<string[]> {
  const { control } = machine.sandbox;
  const email = `${member.name.toLowerCase()}@customer.example`;
  const { subscriptionId } = await control.createSubscription({
    onDemand: true,
    email,
    name: member.name,
  });
  await control.script(subscriptionId, [...member.outcomes], "succeed");
  await member.prepare?.(control, subscriptionId);
  const startedAt = performance.now();
  const day = (): number => Math.floor((performance.now() - startedAt) / DAY_MS);
  const say = (line: string): void =>
    console.log(`day ${String(day()).padStart(2)}  ${member.name.padEnd(5)} ${line}`);
  say(`— ${member.fate}`);
  await control.charge(subscriptionId);
  const isOver = { now: false };
  const telling = tell(machine, subscriptionId, email, say, isOver);
  const acting = member.act?.({
    control,
    subscriptionId,
    say,
    mailWithLink: async () => await mailWithLink(machine, email),
    untilDay: async (wanted) => await delay(wanted * DAY_MS - (performance.now() - startedAt)),
  });
  try {
    await acting;
    const result = await resultOf(client, subscriptionId);
    isOver.now = true;
    await telling;
    say(`ended as ${result.outcome}${result.by === null ? "" : ` by ${result.by}`}`);
    return await judge(member, machine, subscriptionId, result);
  } catch (error) {
    isOver.now = true;
    return [`${member.name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

async function resultOf(client: Client, subscriptionId: string): Promise<RecoveryResult> {
  const deadline = performance.now() + STORY_TIMEOUT_MS;
  const handle = client.workflow.getHandle(`recovery-${subscriptionId}`);
  for (;;) {
    const isThere = await handle.describe().then(
      () => true,
      () => false,
    );
    if (isThere) break;
    if (performance.now() > deadline) throw new Error("no recovery was opened");
    await delay(POLL_MS);
  }
  const late = delay(STORY_TIMEOUT_MS, null, { ref: false });
  const result = await Promise.race([handle.result() as Promise<RecoveryResult>, late]);
  if (result === null)
    throw new Error(`the recovery has not ended after ${STORY_TIMEOUT_MS / 1_000} s`);
  return result;
}

/** Says each payment's end and each mail as it comes. */
async function tell(
  { sandbox, inbox }: Machine,
  subscriptionId: string,
  email: string,
  say: (line: string) => void,
  isOver: { readonly now: boolean },
): Promise<void> {
  const said = new Set<string>();
  const once = (key: string, line: string): void => {
    if (said.has(key)) return;
    said.add(key);
    say(line);
  };
  for (;;) {
    const isLast = isOver.now;
    const { payments } = await sandbox.control.ledgerOf(subscriptionId);
    for (const [index, payment] of payments.entries()) {
      if (payment.status !== "succeeded" && payment.status !== "failed") continue;
      const code = payment.errorCode === null ? "" : ` (${payment.errorCode})`;
      once(`${payment.paymentId}`, `charge ${index + 1} ${payment.status}${code}`);
    }
    for (const mail of inbox.mails.filter(({ to }) => to.includes(email))) {
      once(`mail ${mail.id}`, `gets the mail "${mail.subject}"`);
    }
    if (isLast) return;
    await delay(POLL_MS);
  }
}

async function mailWithLink({ inbox }: Machine, email: string): Promise<ReceivedMail> {
  const deadline = performance.now() + STORY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const mail = inbox.mails.find(({ to, text }) => to.includes(email) && text.includes("/pay/"));
    if (mail !== undefined) return mail;
    await delay(POLL_MS);
  }
  throw new Error("no mail with a link came");
}

/** Holds the story's end against the ledger and Temporal's result. */
async function judge(
  { name, ends }: Member,
  { sandbox }: Machine,
  subscriptionId: string,
  result: RecoveryResult,
): Promise<string[]> {
  const { payments, succeeded, status } = await sandbox.control.ledgerOf(subscriptionId);
  const found = {
    outcome: result.outcome,
    by: result.by,
    payments: payments.length,
    succeeded,
    status,
  };
  return Object.entries(ends)
    .filter(([key, expected]) => found[key as keyof typeof found] !== expected)
    .map(
      ([key, expected]) =>
        `${name}: ${key} is ${String(found[key as keyof typeof found])}, not ${String(expected)}`,
    );
}
