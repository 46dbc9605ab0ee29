import { setTimeout as delay } from "node:timers/promises";
import type { RequestFaultInput } from "../../sandbox/faults/request-faults.ts";
import type { WebhookFaultInput } from "../../sandbox/faults/webhook-faults.ts";
import type { Outcome } from "../../sandbox/model/state/outcome.ts";
import type { InboxFault } from "../local-stack/inbox.ts";
import type { LocalStack } from "../local-stack/local-stack.ts";
import { createUnsettled } from "./settle.ts";

/** One in so many requests, webhooks and mails goes wrong. */
const FAULT_EVERY = 10;

const REQUEST_FAULTS: readonly RequestFaultInput[] = [
  { kind: "refuse", code: "TOO_MANY_REQUESTS", status: 429 },
  { kind: "drop_before" },
  { kind: "drop_after" },
  { kind: "hang_before", ms: 3_000 },
  { kind: "hang_after", ms: 3_000 },
  { kind: "error_before", status: 503 },
  { kind: "error_after", status: 500 },
  { kind: "slow", ms: 1_000 },
];

const WEBHOOK_FAULTS: readonly WebhookFaultInput[] = [
  { kind: "lost" },
  { kind: "duplicated", copies: 3 },
  { kind: "shuffled", ms: 500 },
  { kind: "delayed", ms: 5_000 },
  { kind: "forged" },
];

const MAIL_FAULTS: readonly InboxFault[] = [
  { kind: "answer", status: 450, code: "4.2.0" },
  { kind: "answer", status: 550, code: "5.1.1" },
  { kind: "drop" },
  { kind: "take_and_drop" },
  { kind: "slow", afterMs: 1_000 },
];

/** How the attempts of a recovery end, one list a recovery. */
const OUTCOMES: readonly (readonly Outcome[])[] = [
  ["succeed"],
  [{ decline: "INSUFFICIENT_FUNDS" }, "succeed"],
  [
    { decline: "INSUFFICIENT_FUNDS" },
    { decline: "INSUFFICIENT_FUNDS" },
    { decline: "INSUFFICIENT_FUNDS" },
  ],
  [{ decline: "STOLEN_CARD" }],
  [{ requires_customer_action: true }],
];

const FIRST_CODES = ["INSUFFICIENT_FUNDS", "NETWORK_ERROR", "EXPIRED_CARD", "INVALID_AMOUNT"];

export type Load = {
  /** Recoveries whose first charge failed. */
  started: number;
  /** Answers of the gateway by status; -1 where there was none. */
  readonly answers: Record<number, number>;
  /** Recoveries that have not been seen to end. */
  unsettled: number;
  /** Stops it. */
  stop: () => void;
};

/**
 * Each tick, one subscription's charge fails, and one webhook, one read of each kind and one forged request reach the gateway. Each tenth
 * request of ours to Dodo, webhook and mail goes wrong. Where a recovery needs attention for long, its customer pays.
 * @param key of the operator API
 */
export function startLoad(stack: LocalStack, key: string, tickMs: number): Load {
  const load: Load = { started: 0, answers: {}, unsettled: 0, stop: () => (isStopped = true) };
  let isStopped = false;
  const unsettled = createUnsettled({
    stateOf: (id) => stateOf(id, stack, key),
    pay: (id) => stack.sandbox.control.payAsCustomer(id),
    now: Date.now,
  });
  void (async () => {
    const started: string[] = [];
    for (let tick = 0; !isStopped; tick += 1) {
      const pause = delay(tickMs);
      const id = await failOne(tick, stack);
      started.push(id);
      unsettled.add(id);
      load.started = started.length;
      await addFaults(tick, stack);
      await read(started.at(-READ_AFTER) ?? "sub_unknown", stack, key, load);
      await unsettled.settle();
      load.unsettled = unsettled.count();
      await pause;
    }
  })();
  return load;
}

/** Faults for the requests, the webhook and the mail that come next. */
async function addFaults(tick: number, { sandbox: { control }, inbox }: LocalStack): Promise<void> {
  if (tick % FAULT_EVERY !== 0) return;
  const turn = tick / FAULT_EVERY;
  await control.addFault({ ...pick(REQUEST_FAULTS, turn), skip: 3 });
  await control.addFault({
    ...pick(REQUEST_FAULTS, turn + 3),
    method: "POST",
    route: "/subscriptions/:id/charge",
  });
  await control.addWebhookFault({ ...pick(WEBHOOK_FAULTS, turn), times: 1 });
  inbox.faults.push(pick(MAIL_FAULTS, turn));
}

/** The recovery that is read began so many ticks before. */
const READ_AFTER = 20;

async function read(id: string, stack: LocalStack, key: string, load: Load): Promise<void> {
  const headers = { authorization: `Bearer ${key}` };
  const statuses = await Promise.all([
    ask(stack, "/healthz"),
    ask(stack, "/v1/recoveries?state=needs_attention", { headers }),
    ask(stack, `/v1/recoveries/${id}`, { headers }),
    ask(stack, "/v1/recoveries", { headers: { authorization: "Bearer wrong" } }),
    ask(stack, `/pay/${id}`),
    ask(stack, "/webhooks/dodo", { method: "POST", body: "{}" }),
  ]);
  for (const status of statuses) load.answers[status] = (load.answers[status] ?? 0) + 1;
}

/** Of the subscription's latest recovery. */
async function stateOf(id: string, stack: LocalStack, key: string): Promise<string | null> {
  try {
    const response = await fetch(`${stack.gatewayUrl}/v1/recoveries/${id}`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(10_000),
    });
    const { state } = (await response.json()) as { readonly state?: string };
    return response.ok ? (state ?? null) : null;
  } catch {
    return null;
  }
}

/** A subscription whose first charge fails. */
async function failOne(tick: number, { sandbox: { control } }: LocalStack): Promise<string> {
  const { subscriptionId } = await control.createSubscription({ onDemand: true });
  const first = { decline: pick(FIRST_CODES, tick) };
  await control.script(subscriptionId, [first, ...pick(OUTCOMES, Math.floor(tick / 4))], "succeed");
  await control.charge(subscriptionId, {});
  return subscriptionId;
}

async function ask(
  { gatewayUrl }: LocalStack,
  path: string,
  init: RequestInit = {},
): Promise<number> {
  try {
    const response = await fetch(gatewayUrl + path, {
      ...init,
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return -1;
  }
}

function pick<T>(list: readonly [T, ...T[]] | readonly T[], index: number): T {
  const one = list[index % list.length];
  if (one === undefined) throw new Error("nothing to pick from");
  return one;
}
