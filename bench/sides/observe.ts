import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../platform/error-message.ts";
import type { Bench } from "../run/path.ts";
import { planOf, routeOf } from "./plan-of.ts";
import { type RecoveriesToRun, runRecoveries } from "./recoveries.ts";
import type { Side } from "./side.ts";

/** What the floor is given. */
export type Observed = {
  readonly files: Readonly<Record<"PLAN" | "MAILS", string>>;
  readonly subscriptionId: string;
  readonly mails: number;
  /** The calls of one recovery by their routes, for the report. */
  readonly calls: string;
};

/** On a busy machine two steps may come together. */
const TRIES = 3;

/** Watches the product recover one debt, and writes down what the floor is to do: the same calls and mails. */
export async function observe(
  bench: Bench,
  name: string,
  product: Side,
  recoveries: Omit<RecoveriesToRun, "count">,
): Promise<Observed> {
  bench.print(`${name}: one recovery of the product, to give the floor the same calls and mails`);
  for (let tried = 1; ; tried += 1) {
    try {
      return await observeOnce(bench, name, product, recoveries);
    } catch (error) {
      if (tried === TRIES) throw error;
      bench.print(`${name}: once more, because ${messageOf(error)}`);
    }
  }
}

async function observeOnce(
  { folder }: Bench,
  name: string,
  side: Side,
  recoveries: Omit<RecoveriesToRun, "count">,
): Promise<Observed> {
  const { control } = side.sandbox;
  await control.reset();
  const mailsBefore = side.inbox.mails.length;
  const { subscriptionIds } = await runRecoveries(side, { ...recoveries, count: 1 });
  const subscriptionId = subscriptionIds[0] ?? "";
  const { payments } = await control.ledgerOf(subscriptionId);
  const openedAt = Math.min(...payments.map(({ createdAt }) => Date.parse(createdAt)));
  const requests = (await control.requests()).filter(({ receivedAt }) => receivedAt >= openedAt);
  const mails = side.inbox.mails.slice(mailsBefore);
  const plan = planOf({ openedAt, requests, mails });
  const files = {
    PLAN: join(folder, `${name}-plan.json`),
    MAILS: join(folder, `${name}-mails.json`),
  };
  writeFileSync(files.PLAN, JSON.stringify(plan));
  writeFileSync(
    files.MAILS,
    JSON.stringify(mails.map(({ subject, text, html }) => ({ subject, text, html }))),
  );
  const calls = callsText(requests.map(({ method, path }) => `${method} ${path}`));
  return { files, subscriptionId, mails: mails.length, calls };
}

function callsText(calls: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const call of calls) {
    const route = routeOf(call).replace(/&.*$/, "");
    counts.set(route, (counts.get(route) ?? 0) + 1);
  }
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
  return sorted.map(([route, count]) => `${count} × \`${route}\``).join(", ");
}
