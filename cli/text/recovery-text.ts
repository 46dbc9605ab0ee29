import { visibleIn } from "../../domain/values/visible-text.ts";
import type { AttemptAnswer, RecoveryAnswer } from "../gateway/answers.ts";
import type { Paint } from "../run/shell.ts";
import { commandsForCause } from "./commands-for-cause.ts";
import { type Column, orDash, tableLines, wrapped } from "./table.ts";
import { amountText, instantText, words } from "./values.ts";

const TIMELINE_MAX = 12;

type Whole = { readonly isWhole: boolean };

/** One recovery for a person: what it waits for, what is open, what was tried, what can be done, and what happened. */
export function recoveryText(answer: RecoveryAnswer, paint: Paint, { isWhole }: Whole): string {
  const recovery = visibleIn(answer);
  const sections = [
    [headLine(recovery, paint), "", ...factLines(recovery)],
    ...recovery.attention.map((one) => questionLines(recovery, one, paint)),
    section("Attempts", attemptLines(allAttempts(recovery)), paint),
    section("Ended", endedLines(recovery), paint),
    section("What you can do", actionLines(recovery), paint),
    section("What happened", timelineLines(recovery, isWhole), paint),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** What an action has led to: the state, the next step and what is still open. */
export function actedText(answer: RecoveryAnswer, paint: Paint): string {
  const recovery = visibleIn(answer);
  const questions = recovery.attention.map((one) => questionLines(recovery, one, paint));
  return [[headLine(recovery, paint), ...nextLines(recovery)], ...questions]
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function section(title: string, lines: readonly string[], paint: Paint): readonly string[] {
  return lines.length === 0 ? [] : [paint("bold", title), ...lines];
}

function headLine(
  { subscription_id: id, state, mode, ended }: RecoveryAnswer,
  paint: Paint,
): string {
  const outcome = state === "ended" ? ended.at(-1)?.outcome : undefined;
  const shown = words(outcome ?? state);
  const isGood = outcome === "recovered" || outcome === "collected";
  const styled =
    state === "needs_attention" ? paint("yellow", shown) : isGood ? paint("green", shown) : shown;
  return `${paint("bold", id)}  ${styled}${mode === "shadow" || mode === "advise" ? `  (${mode} mode)` : ""}`;
}

const INDENT = " ".repeat(14);

const fact = (name: string, text: string): readonly string[] => {
  const [first = "", ...rest] = wrapped(text, INDENT);
  return [`  ${name.padEnd(12)}${first.trimStart()}`, ...rest];
};

function nextLines({ next }: RecoveryAnswer): readonly string[] {
  const at = next.at === null ? "" : `, ${instantText(next.at)}`;
  return fact("next", `${next.what}${at}`);
}

function factLines(recovery: RecoveryAnswer): readonly string[] {
  const { debt, queue, paused, imported, charge } = recovery;
  const { waiting_payment: waiting, customer_id: customer } = recovery;
  const { subscription_status: status, window_ends_at: windowEndsAt } = recovery;
  const owed =
    debt === null
      ? "nothing"
      : `${orDash(amountText(debt.amount, debt.currency))} since ${instantText(debt.since)} ` +
        `(${debt.first_decline_code ?? "no decline code"}), debt ${debt.debt_id}`;
  const queued = queue.map(({ amount, currency }) => orDash(amountText(amount, currency)));
  return [
    ...fact("owed", owed),
    ...(queued.length === 0 ? [] : fact("after it", queued.join(", "))),
    ...fact("customer", orDash(customer)),
    ...fact("at Dodo", orDash(status)),
    ...(imported == null ? [] : fact("imported", importedText(imported))),
    ...(paused === null ? [] : fact("paused", `${instantText(paused.since)}, by ${paused.by}`)),
    ...(charge === null ? [] : fact("charge", chargeText(charge))),
    ...(charge?.phase === "unknown" ? absentLines(recovery) : []),
    ...(waiting === null
      ? []
      : fact("payment", `${waiting.payment_id} waits for the ${waiting.waits_for}`)),
    ...nextLines(recovery),
    ...(windowEndsAt === null || debt === null
      ? []
      : fact("window", `ends ${instantText(windowEndsAt)}`)),
  ];
}

function chargeText(charge: NonNullable<RecoveryAnswer["charge"]>): string {
  const { number, trigger, phase, started_at: at, payment_id: paymentId } = charge;
  const payment = paymentId === null ? "" : `, payment ${paymentId}`;
  const outcome = phase === "unknown" ? "outcome unknown" : phase;
  return `attempt ${number} (${words(trigger)}), ${instantText(at)}: ${outcome}${payment}`;
}

const absentLines = ({ subscription_id: id }: RecoveryAnswer): readonly string[] => [
  `${INDENT}If Dodo does not have it, send it again:`,
  `${INDENT}reprise retry ${id} --confirmed-absent`,
];

function questionLines(
  { subscription_id: id }: RecoveryAnswer,
  { cause, since, text, advice, detail }: RecoveryAnswer["attention"][number],
  paint: Paint,
): readonly string[] {
  const commands = commandsForCause(cause, id);
  return [
    `${paint("yellow", "Needs attention")}: ${cause}, since ${instantText(since)}`,
    ...wrapped(text, "  "),
    ...(detail === "" ? [] : wrapped(`About: ${detail}`, "  ")),
    ...wrapped(`What to do: ${advice}`, "  "),
    ...commands.map((command) => `    ${command}`),
  ];
}

const allAttempts = ({ ended, attempts }: RecoveryAnswer): readonly AttemptAnswer[] =>
  [...ended.flatMap((end) => end.attempts), ...attempts].filter(
    (one, at, all) =>
      all.findIndex(
        (other) => other.started_at === one.started_at && other.number === one.number,
      ) === at,
  );

const ATTEMPT_COLUMNS: readonly Column<AttemptAnswer>[] = [
  { head: "#", of: ({ number }) => String(number), isRight: true },
  { head: "STARTED", of: ({ started_at: at }) => instantText(at) },
  { head: "BY", of: ({ trigger }) => words(trigger) },
  { head: "RESULT", of: ({ result }) => words(result) },
  { head: "DECLINE CODE", of: ({ decline_code: code }) => orDash(code) },
  { head: "PAYMENT", of: ({ payment_id: id }) => orDash(id) },
];

const attemptLines = (attempts: readonly AttemptAnswer[]): readonly string[] =>
  attempts.length === 0 ? [] : tableLines(ATTEMPT_COLUMNS, attempts).map((line) => `  ${line}`);

function endedLines({ ended }: RecoveryAnswer): readonly string[] {
  return ended.flatMap((end) => {
    const amount = amountText(end.amount, end.currency);
    const by = end.by === null || end.by === "reprise" ? "" : ` by ${end.who ?? words(end.by)}`;
    const head = `${instantText(end.ended_at)}  ${words(end.outcome)}${by}`;
    return [`  ${head}${amount === null ? "" : `, ${amount}`}`, ...wrapped(end.reason, "    ")];
  });
}

function actionLines({ actions, state }: RecoveryAnswer): readonly string[] {
  if (state === "ended") return [];
  return actions.flatMap(({ action, applies, effect }) =>
    fact(action, applies ? effect : `not now: ${effect}`),
  );
}

function timelineLines({ timeline }: RecoveryAnswer, isWhole: boolean): readonly string[] {
  const shown = isWhole ? timeline : timeline.slice(-TIMELINE_MAX);
  const hidden = timeline.length - shown.length;
  return [
    ...(hidden === 0 ? [] : [`  ${hidden} earlier: --all shows them`]),
    ...shown.flatMap(({ at, rule, reason }) => [
      `  ${instantText(at)}  ${rule}`,
      ...wrapped(reason, "    "),
    ]),
  ];
}

function importedText({ at, by, verified }: NonNullable<RecoveryAnswer["imported"]>): string {
  return `${instantText(at)}, by ${by}${verified ? "" : " (name not verified)"}`;
}
