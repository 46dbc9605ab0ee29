import type { Client } from "@temporalio/client";
import type { Attempt } from "../domain/state/attempt.ts";
import type { Recovery } from "../domain/state/recovery.ts";
import { describeMoney, money } from "../domain/values/money.ts";
import { describeInstant, type Instant } from "../domain/values/time.ts";
import { RECOVERY_QUERY, type RecoveryView, SUBSCRIPTION_RECOVERY } from "../workflows/contract.ts";

type Row = { readonly at: Instant; readonly would?: string; readonly happened?: string };

/** How a decision tells what would have reached Dodo or the customer. */
const SHADOWED = /([^;]+) would have been sent now/;

const WOULD_COLUMNS = 40;

/**
 * Every recovery that was watched in shadow mode, newest first, as text; a worker must be running, as it answers.
 * Those that ended are told as long as Temporal keeps them.
 */
export async function* shadowReport(client: Client, taskQueue: string): AsyncGenerator<string> {
  const counts = { watched: 0, wouldHave: 0 };
  const query = `WorkflowType = "${SUBSCRIPTION_RECOVERY}" AND TaskQueue = "${taskQueue}"`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const view = await handle.query<RecoveryView>(RECOVERY_QUERY);
    if (view.recovery.mode !== "shadow") continue;
    counts.watched += 1;
    counts.wouldHave += wouldHave(view.timeline).length;
    yield `${sideBySide(view)}\n`;
  }
  yield counts.watched === 0
    ? "No recovery was watched yet: MODE=shadow, and a charge that fails, make one."
    : `${counts.watched} recoveries watched: ${counts.wouldHave} charges and mails would have been sent, and none was.`;
}

/** What Reprise would have done for one subscription, beside what happened. Text, a line for each moment. */
export function sideBySide({ recovery, timeline }: RecoveryView): string {
  const rows = [...wouldHave(timeline), ...happened(recovery)].toSorted((a, b) => a.at - b.at);
  return [
    `${recovery.subscriptionId}  ${titleOf(recovery)}`,
    `  ${"".padEnd(23)}  ${"Reprise would have".padEnd(WOULD_COLUMNS)}  what happened`,
    ...rows.map(({ at, would = "", happened: other = "" }) =>
      `  ${describeInstant(at)}  ${would.padEnd(WOULD_COLUMNS)}  ${other}`.trimEnd(),
    ),
  ].join("\n");
}

function wouldHave(timeline: RecoveryView["timeline"]): Row[] {
  return timeline.flatMap(({ at, reason }): Row[] => {
    const what = SHADOWED.exec(reason)?.[1]?.trim();
    return what === undefined ? [] : [{ at, would: `sent ${what}` }];
  });
}

function happened({ debt, attempts, ended }: Recovery): Row[] {
  const open = debt === null ? [] : attempts.flatMap(attemptRow);
  const closed = ended.flatMap((end): Row[] => {
    const by = end.by === null || end.by === "reprise" ? "" : `, by ${end.by}`;
    return [
      ...end.attempts.flatMap(attemptRow),
      { at: end.endedAt, happened: `${end.outcome.replaceAll("_", " ")}${by}` },
    ];
  });
  return [...closed, ...open];
}

function attemptRow({ result, startedAt, declineCode }: Attempt): Row[] {
  if (result === "shadowed") return [];
  const what =
    result === "succeeded" ? "a charge succeeded" : `a charge failed: ${declineCode ?? "?"}`;
  return [{ at: startedAt, happened: what }];
}

function titleOf({ debt, ended }: Recovery): string {
  if (debt !== null) return `${describeMoney(money(debt.priceMinor, debt.currency))} owed`;
  const last = ended.at(-1);
  if (last?.amountMinor == null || last.currency === null) return "";
  return `${describeMoney(money(last.amountMinor, last.currency))} was owed`;
}
