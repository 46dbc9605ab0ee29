import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { setTimeout as delay } from "node:timers/promises";
import type { RecoveryResult } from "../../domain/debt/result.ts";
import { createSandboxClient, type SandboxClient } from "../../sandbox/control/client.ts";
import { RECOVERY_QUERY, type RecoveryView } from "../../workflows/contract.ts";
import type { ReceivedMail } from "../local-stack/inbox.ts";
import type { LocalStack } from "../local-stack/local-stack.ts";
import { checkScenario } from "./demo-verdict.ts";
import { createNarrator, type Narrator } from "./narrator.ts";
import type { Scenario, ScenarioContext } from "./scenarios.ts";

/** How time passes for one customer: in real time, or skipped. */
export type Pace = {
  /** Length of a day of the scenario in the recovery's time, in milliseconds. */
  readonly dayMs: number;
  /** The recovery's time, milliseconds since 1970, as far as it is known. */
  readonly now: (subscriptionId: string) => number;
  /** Lets some time pass, at most to `until`. The runner calls it again and again until the recovery ends. */
  readonly advance: (subscriptionId: string, until: number | null) => Promise<void>;
};

const POLL_MS = 100;
const SCENARIO_TIMEOUT_MS = 240_000;

type Customer = {
  readonly scenario: Scenario;
  readonly subscriptionId: string;
  readonly email: string;
  /** In the recovery's time. */
  readonly startedAt: number;
};

/**
 * Runs one scenario from the charge that fails to the recovery's end.
 * @returns a line for each difference from what was expected
 */
export async function runScenario(
  scenario: Scenario,
  stack: LocalStack,
  client: Client,
  pace: Pace,
  print: (line: string) => void,
): Promise<string[]> {
  const customer = await createCustomer(scenario, stack, pace);
  const { subscriptionId, startedAt } = customer;
  const day = (): number =>
    Math.max(0, Math.floor((pace.now(subscriptionId) - startedAt) / pace.dayMs + 0.1));
  const narrator = createNarrator(scenario.name.padEnd(4), day, pace.dayMs, print);
  narrator.begin(scenario.summary);
  const progress = { isOver: false, waitsUntil: null };
  const run: ScenarioRun = { customer, stack, client, pace, narrator, ...progress };
  await clientAt(stack, () => pace.now(subscriptionId)).charge(subscriptionId);
  const recovery = Promise.all([resultOf(client, subscriptionId), act(run)]);
  const background = [narrate(run), passTime(run)];
  try {
    // The loops run until the recovery has ended. An error in any of them ends the scenario.
    const ended = await Promise.race([recovery, ...background]);
    if (ended === undefined) throw new Error("the scenario stopped early");
    run.isOver = true;
    await Promise.all(background);
    const [result] = ended;
    narrator.end(result);
    return await checkScenario(scenario, stack.sandbox, subscriptionId, result);
  } catch (error) {
    run.isOver = true;
    await Promise.allSettled([recovery, ...background]);
    return [`${scenario.name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

type ScenarioRun = {
  readonly customer: Customer;
  readonly stack: LocalStack;
  readonly client: Client;
  readonly pace: Pace;
  readonly narrator: Narrator;
  isOver: boolean;
  /** The customer or the operator acts at this time: no time is skipped beyond it. */
  waitsUntil: number | null;
};

/** Performs what the customer or the operator does. After that, time may be skipped without a limit. */
async function act(run: ScenarioRun): Promise<void> {
  await run.customer.scenario.act?.(contextOf(run));
  run.waitsUntil = null;
}

async function readRecovery({ client, customer }: ScenarioRun): Promise<RecoveryView | null> {
  const handle = client.workflow.getHandle(`recovery-${customer.subscriptionId}`);
  return await handle.query<RecoveryView>(RECOVERY_QUERY).catch(() => null);
}

async function narrate(run: ScenarioRun): Promise<undefined> {
  const { stack, narrator, customer } = run;
  for (;;) {
    const isLast = run.isOver;
    const mails = stack.inbox.mails.filter(({ to }) => to === customer.email);
    narrator.report(await readRecovery(run), mails);
    if (isLast) return undefined;
    await delay(POLL_MS);
  }
}

async function passTime(run: ScenarioRun): Promise<undefined> {
  while (!run.isOver) await run.pace.advance(run.customer.subscriptionId, run.waitsUntil);
  return undefined;
}

function contextOf(run: ScenarioRun): ScenarioContext {
  const { stack, client, pace, narrator, customer } = run;
  const { subscriptionId, startedAt, email } = customer;
  return {
    control: clientAt(stack, () => pace.now(subscriptionId)),
    subscriptionId,
    say: narrator.say,
    firstMailWithLink: async () => {
      const mail = await firstMailWithLink(stack, email);
      // The customer acts on the day the email comes.
      run.waitsUntil = pace.now(subscriptionId);
      return mail;
    },
    untilDay: async (day) => {
      const until = startedAt + day * pace.dayMs;
      run.waitsUntil = until;
      while (pace.now(subscriptionId) < until) await pollAgain(run);
      run.waitsUntil = null;
    },
    sendUpdate: async (update) => {
      const handle = client.workflow.getHandle(`recovery-${subscriptionId}`);
      await handle.executeUpdate(update, { args: [{ by: "olga" }] });
    },
    untilAttention: async () => {
      while (((await readRecovery(run))?.recovery.attention.length ?? 0) === 0)
        await pollAgain(run);
    },
  };
}

/** Waits a moment. @throws if the scenario is over, since what it waits for cannot happen any more */
async function pollAgain({ isOver }: ScenarioRun): Promise<void> {
  if (isOver) throw new Error("the recovery ended before the scenario did");
  await delay(POLL_MS / 2);
}

const TWO_MONTHS_MS = 61 * 86_400_000;

/** Creates a customer with an on-demand subscription that was made two months ago. */
export async function subscribe(
  control: SandboxClient,
  name: string,
): Promise<{ subscriptionId: string; email: string }> {
  const email = `${name.toLowerCase()}@customer.example`;
  const createdAt = new Date(Date.now() - TWO_MONTHS_MS).toISOString();
  const input = { onDemand: true, email, name, createdAt };
  const { subscriptionId } = await control.createSubscription(input);
  return { subscriptionId, email };
}

async function createCustomer(
  scenario: Scenario,
  stack: LocalStack,
  pace: Pace,
): Promise<Customer> {
  const { control } = stack.sandbox;
  const startedAt = Date.now();
  const { subscriptionId, email } = await subscribe(control, scenario.name);
  await control.script(subscriptionId, [...scenario.outcomes], "succeed");
  await scenario.prepare?.(control, subscriptionId);
  return {
    scenario,
    subscriptionId,
    email,
    startedAt: Math.max(startedAt, pace.now(subscriptionId)),
  };
}

/** A sandbox client whose calls happen in the recovery's time, as customers and merchants act then. */
function clientAt(stack: LocalStack, now: () => number): SandboxClient {
  return createSandboxClient(stack.sandbox.url, { now });
}

async function resultOf(client: Client, subscriptionId: string): Promise<RecoveryResult> {
  const handle = client.workflow.getHandle(`recovery-${subscriptionId}`);
  const deadline = performance.now() + SCENARIO_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const description = await handle.describe().catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    });
    if (description !== null && description.status.name !== "RUNNING") {
      return (await handle.result()) as RecoveryResult;
    }
    await delay(POLL_MS);
  }
  throw new Error(`the recovery did not end within ${SCENARIO_TIMEOUT_MS / 1_000} s`);
}

async function firstMailWithLink({ inbox }: LocalStack, email: string): Promise<ReceivedMail> {
  const deadline = performance.now() + SCENARIO_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const mail = inbox.mails.find(({ to, text }) => to === email && text.includes("/pay/"));
    if (mail !== undefined) return mail;
    await delay(POLL_MS);
  }
  throw new Error(`no email with a link came within ${SCENARIO_TIMEOUT_MS / 1_000} s`);
}
