import type { Attempt } from "../../domain/state/attempt.ts";
import { NOTICE_WORDS } from "../../domain/state/notice.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { describeAmount, describeMoney, money } from "../../domain/values/money.ts";
import { describeInstant, formatInstant, type Instant } from "../../domain/values/time.ts";
import { visibleIn } from "../../domain/values/visible-text.ts";
import type { ShadowedAction, ShadowRecord } from "../temporal/shadow-history.ts";

const WOULD_COLUMNS = 44;

const ACTION_NAMES: Readonly<Record<ShadowedAction["kind"], string>> = {
  charge: "charge",
  notice: "email",
  payment_link: "payment page request",
  cancellation: "cancellation",
};

/** How many actions of each kind were not sent. */
export function summaryOf(recoveries: number, actions: readonly ShadowedAction["kind"][]): string {
  if (recoveries === 0)
    return "No recovery has run in shadow mode yet. Start the worker with MODE=shadow and wait until a charge fails.";
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

/** What happened, and what would have happened, for programs. */
export function comparisonBody({ recovery, actions }: ShadowRecord): object {
  const { debt, ended } = recovery;
  const last = ended.at(-1);
  return {
    subscription_id: recovery.subscriptionId,
    is_open: debt !== null,
    amount: debt?.totalMinor ?? last?.amountMinor ?? null,
    currency: debt?.currency ?? last?.currency ?? null,
    outcome: debt === null ? (last?.outcome ?? null) : null,
    would_have: actions.map(actionBody),
    happened: happenedRows(recovery).map(({ at, happened }) => ({
      at: formatInstant(at),
      what: happened ?? "",
    })),
  };
}

function actionBody(action: ShadowedAction): object {
  const { at, kind } = action;
  return {
    at: formatInstant(at),
    kind,
    attempt: kind === "charge" ? action.charge.number : null,
    amount: kind === "charge" ? action.charge.amountMinor : null,
    currency: kind === "charge" ? action.charge.currency : null,
    notice: kind === "notice" ? action.notice : null,
  };
}
