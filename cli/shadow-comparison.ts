import type { Client } from "@temporalio/client";
import type { Attempt } from "../domain/state/attempt.ts";
import { NOTICE_WORDS } from "../domain/state/notice.ts";
import type { Recovery } from "../domain/state/recovery.ts";
import { describeAmount, describeMoney, money } from "../domain/values/money.ts";
import { describeInstant, type Instant } from "../domain/values/time.ts";
import { visibleIn } from "../domain/values/visible-text.ts";
import { SUBSCRIPTION_RECOVERY } from "../workflows/contract.ts";
import { readShadowRecord, type ShadowedAction, type ShadowRecord } from "./shadow-history.ts";

const WOULD_COLUMNS = 44;

/**
 * Compares, for every recovery in shadow mode, what Reprise would have done with what happened. Newest recovery first,
 * then a summary. Covers the runs that Temporal still keeps.
 */
export async function* shadowReport(client: Client, taskQueue: string): AsyncGenerator<string> {
  const total = { recoveries: 0, actions: [] as ShadowedAction["kind"][] };
  const query = `WorkflowType = "${SUBSCRIPTION_RECOVERY}" AND TaskQueue = "${taskQueue}"`;
  for await (const { workflowId, runId, status } of client.workflow.list({ query })) {
    // The next run carries its state on and is compared as a whole.
    if (status.name === "CONTINUED_AS_NEW") continue;
    const record = await readShadowRecord(client, workflowId, runId);
    if (record === null) continue;
    total.recoveries += 1;
    total.actions.push(...record.actions.map(({ kind }) => kind));
    yield `${formatComparison(record)}\n`;
  }
  yield total.recoveries === 0
    ? "No recovery has run in shadow mode yet. Start the worker with MODE=shadow and wait until a charge fails."
    : summaryOf(total.recoveries, total.actions);
}

const ACTION_NAMES: Readonly<Record<ShadowedAction["kind"], string>> = {
  charge: "charge",
  notice: "email",
  payment_link: "payment page request",
  cancellation: "cancellation",
};

function summaryOf(recoveries: number, actions: readonly ShadowedAction["kind"][]): string {
  const head = `${recoveries} ${recoveries === 1 ? "recovery" : "recoveries"} in shadow mode.`;
  if (actions.length === 0) return `${head} Reprise would have sent nothing so far.`;
  const counts = Object.entries(ACTION_NAMES).flatMap(([kind, name]) => {
    const count = actions.filter((one) => one === kind).length;
    return count === 0 ? [] : [`${count} ${name}${count === 1 ? "" : "s"}`];
  });
  const list = new Intl.ListFormat("en").format(counts);
  return `${head} Reprise would have sent ${list}; it sent none of them.`;
}

type Row = { readonly at: Instant; readonly would?: string; readonly happened?: string };

/** One recovery as text: a line for each moment, what Reprise would have done on the left, what happened on the right. */
export function formatComparison(record: ShadowRecord): string {
  // A terminal would obey control characters.
  const { recovery, actions } = visibleIn(record);
  const would = actions.map((action): Row => ({ at: action.at, would: formatAction(action) }));
  const rows = [...would, ...happenedRows(recovery)].toSorted((a, b) => a.at - b.at);
  return [
    `${recovery.subscriptionId}  ${titleOf(recovery)}`,
    `  ${"".padEnd(23)}  ${"Reprise would have".padEnd(WOULD_COLUMNS)}  what happened`,
    ...rows.map((row) =>
      `  ${describeInstant(row.at)}  ${(row.would ?? "").padEnd(WOULD_COLUMNS)}  ${row.happened ?? ""}`.trimEnd(),
    ),
  ].join("\n");
}

function formatAction(action: ShadowedAction): string {
  switch (action.kind) {
    case "charge": {
      const { number, amountMinor, currency, via } = action.charge;
      return via === "manual_retry"
        ? `asked Dodo for a manual retry (attempt ${number})`
        : `charged ${describeAmount(amountMinor, currency)} (attempt ${number})`;
    }
    case "notice":
      return `sent ${NOTICE_WORDS[action.notice]}`;
    case "payment_link":
      return "created a payment page";
    case "cancellation":
      return "cancelled the subscription";
  }
}

function happenedRows({ debt, attempts, ended }: Recovery): Row[] {
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
  switch (result) {
    case "shadowed":
    case "released":
      return [];
    case "succeeded":
      return [{ at: startedAt, happened: "a charge succeeded" }];
    case "declined":
      return [{ at: startedAt, happened: `a charge failed: ${declineCode ?? "no decline code"}` }];
  }
}

function titleOf({ debt, ended }: Recovery): string {
  if (debt !== null) return `${describeMoney(money(debt.totalMinor, debt.currency))} owed`;
  const last = ended.at(-1);
  if (last?.amountMinor == null || last.currency === null) return "";
  return `${describeMoney(money(last.amountMinor, last.currency))} was owed`;
}
