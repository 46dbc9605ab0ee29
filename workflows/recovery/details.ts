import type { TimelineEntry } from "../../domain/decision/timeline.ts";
import { possibleActions } from "../../domain/possible-actions.ts";
import type { LoopState } from "../../domain/recover.ts";
import { describeAlert } from "../../domain/state/alert.ts";
import { ATTENTION_CAUSES } from "../../domain/state/attention.ts";
import type { Debt, Import, QueuedDebt } from "../../domain/state/debt.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { describeMoney, money } from "../../domain/values/money.ts";
import { describeInstant } from "../../domain/values/time.ts";
import { code, prose } from "../shared/markdown.ts";
import { UPDATE_OF } from "./answer.ts";

/** What the Temporal Web UI shows on a recovery's page. Lists only: tables lose their spacing there. */
export function currentDetails({ recovery, waitingFor, wakeAt, timeline }: LoopState): string {
  const next = wakeAt === null ? waitingFor : `${waitingFor}, ${describeInstant(wakeAt)}`;
  const lines = [
    `**${prose(title(recovery))}**`,
    ...(recovery.mode === "shadow" ? ["", "Shadow mode: nothing is sent, nobody is charged."] : []),
    ...(recovery.mode === "advise"
      ? [
          "",
          "Advise mode: each decision goes out as a webhook; nothing is sent, nobody is charged.",
        ]
      : []),
    "",
    `- State: \`${recovery.state}\``,
    `- Next: ${prose(next)}`,
    ...attentionLines(recovery),
    ...updateLines(recovery),
    ...debtLines(recovery),
    ...attemptLines(recovery),
    ...waitingLines(recovery),
    ...endLines(recovery),
    "",
    ...timelineLines(timeline),
  ];
  return lines.join("\n");
}

/** The timeline of a recovery, a checkout or a mandate as a list. */
export function timelineLines(timeline: readonly TimelineEntry[]): string[] {
  return [
    "**What happened, newest first**",
    "",
    ...timeline
      .toReversed()
      .map(({ at, rule, reason }) => `- ${describeInstant(at)} · ${prose(reason)} ${code(rule)}`),
  ];
}

function title(recovery: Recovery): string {
  const { debt } = recovery;
  const last = recovery.ended.at(-1);
  if (debt !== null) return `${describeMoney(money(debt.totalMinor, debt.currency))} owed`;
  if (last === undefined) return "Checking what is owed";
  const amount =
    last.amountMinor === null || last.currency === null
      ? ""
      : ` ${describeMoney(money(last.amountMinor, last.currency))}`;
  return `${last.outcome}${amount}${last.by === null ? "" : ` by ${last.by}`}`;
}

function attentionLines({ attention }: Recovery): string[] {
  return attention.flatMap((question) => {
    const { text, advice } = ATTENTION_CAUSES[question.cause];
    const detail = describeAlert(question);
    const about = detail === "" ? "" : ` (${prose(detail)})`;
    return [`- **Needs attention:** ${text}${about}`, `- What to do: ${advice}`];
  });
}

/** While a person is waited for: what each update would do. */
function updateLines(recovery: Recovery): string[] {
  const { attention, paused } = recovery;
  if (attention.length === 0 && paused === null) return [];
  const pause =
    paused === null ? [] : [`- Paused by ${prose(paused.by)}, ${describeInstant(paused.since)}`];
  const updates = possibleActions(recovery)
    .filter(({ applies }) => applies)
    .map(({ action, effect }) => `- \`${UPDATE_OF[action]}\` ${prose(effect)}`);
  return [...pause, ...updates];
}

function debtLines(recovery: Recovery): string[] {
  const { debt, subscription, windowEndsAt, graceEndsAt, queue, imported } = recovery;
  if (debt === null) return [];
  return [
    `- ${sinceText(debt)}`,
    `- Subscription: ${code(subscription?.dodoStatus ?? "unknown")}`,
    ...(imported === null ? [] : [`- ${importedText(imported)}`]),
    ...(graceEndsAt === null ? [] : [`- Grace period ends: ${describeInstant(graceEndsAt)}`]),
    ...(windowEndsAt === null ? [] : [`- Window ends: ${describeInstant(windowEndsAt)}`]),
    ...queue.map((queued) => `- ${queuedLine(queued)}`),
  ];
}

function importedText({ by, at, isVerified }: Import): string {
  return `Imported by ${prose(by)}${isVerified ? "" : ", name not verified"}: ${describeInstant(at)}`;
}

function sinceText({ id, requested, firstFailedAt }: Debt): string {
  const since = describeInstant(firstFailedAt);
  return requested === undefined
    ? `Owed since ${since} (payment ${code(id)})`
    : `Requested ${since} (${code(id)})`;
}

function queuedLine({ debt, awaitsAnswer }: QueuedDebt): string {
  const what = `${prose(describeMoney(money(debt.totalMinor, debt.currency)))} (payment ${code(debt.id)})`;
  return awaitsAnswer ? `Awaits an answer: ${what}` : `Queued: ${what}`;
}

function attemptLines({ attempts, charge }: Recovery): string[] {
  const lines = attempts.map(({ number, trigger, startedAt, result, declineCode, paymentId }) => {
    const ending =
      result === "shadowed" ? "not sent, in shadow mode" : `${result} ${declineCode ?? ""}`;
    const payment = paymentId === null ? "" : ` ${code(paymentId)}`;
    return `- Attempt ${number} (${trigger}), ${describeInstant(startedAt)}: ${prose(ending.trim())}${payment}`;
  });
  if (charge === null) return lines;
  const payment = charge.paymentId === null ? "" : ` ${code(charge.paymentId)}`;
  return [...lines, `- Attempt ${charge.number} (${charge.trigger}): ${charge.phase}${payment}`];
}

function waitingLines({ waitingPayment, releasedPayments }: Recovery): string[] {
  return [
    ...(waitingPayment === null
      ? []
      : [`- Payment ${code(waitingPayment.paymentId)} waits for the ${waitingPayment.waitsFor}`]),
    ...releasedPayments.map(
      ({ paymentId, by, until }) =>
        `- Released by ${prose(by)}: ${code(paymentId)}, followed until ${describeInstant(until)}`,
    ),
  ];
}

function endLines({ ended, debt }: Recovery): string[] {
  if (debt !== null) return [];
  return ended.map(
    ({ debtId, outcome, reason }) =>
      `- ${prose(debtId ?? "no debt")}: ${outcome.replaceAll("_", " ")}, ${prose(reason)}`,
  );
}
