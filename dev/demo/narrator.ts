import type { Attempt } from "../../domain/state/attempt.ts";
import { ATTENTION_CAUSES } from "../../domain/state/attention.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { RecoveryView } from "../../workflows/contract.ts";
import type { ReceivedMail } from "../local-stack/inbox.ts";

/** Says what happens to one customer, each thing once, in plain words. */
export type Narrator = {
  readonly look: (view: RecoveryView | null, mails: readonly ReceivedMail[]) => void;
  readonly say: (line: string) => void;
};

const WHY_ASKED = {
  decline: "only the customer can mend it: a mail asks for another card",
  repeated_code: "the same decline again and again: a mail asks for another card",
  schedule_spent: "no attempt is left: mails ask for another card",
  cancellation_scheduled:
    "a cancellation is scheduled, so Dodo takes no charge: a mail asks to pay",
  refused: "Dodo takes no charge: a mail asks for another card",
  not_chargeable: "it cannot be charged again: a mail asks for another card",
} as const;

/**
 * @param name padded to a column
 * @param day of the story, now
 * @param dayMs how long a day of the story is
 */
export function createNarrator(
  name: string,
  day: () => number,
  dayMs: number,
  print: (line: string) => void,
): Narrator {
  const said = new Set<string>();
  const say = (line: string): void => print(`day ${String(day()).padStart(2)}  ${name}  ${line}`);
  const once = (key: string, line: string): void => {
    if (said.has(key)) return;
    said.add(key);
    say(line);
  };
  return {
    say,
    look: (view, mails) => {
      if (view !== null)
        for (const [key, line] of happenings(view.recovery, dayMs)) once(key, line);
      for (const mail of mails) once(`mail ${mail.id}`, `mail: “${mail.subject}”`);
    },
  };
}

/** What can be said of a recovery as it stands: a key for each thing, and the words. */
function happenings(recovery: Recovery, dayMs: number): [string, string][] {
  const last = recovery.ended.at(-1);
  const debt = recovery.debt?.id ?? last?.debtId ?? "";
  const attempts = recovery.debt === null ? (last?.attempts ?? []) : recovery.attempts;
  return [
    ...attempts.map((attempt): [string, string] => [
      `${debt} attempt ${attempt.number}`,
      attemptLine(attempt),
    ]),
    ...planLines(recovery, debt, dayMs),
    ...recovery.attention.map(({ cause, since }): [string, string] => [
      `${cause} ${since}`,
      `needs a person: ${ATTENTION_CAUSES[cause].text}`,
    ]),
    ...(recovery.settlement === null
      ? []
      : [[`${debt} paid`, `paid, by ${recovery.settlement.by}`] as [string, string]]),
  ];
}

function attemptLine({ number, result, declineCode }: Attempt): string {
  const code = declineCode === null ? "" : `: ${declineCode}`;
  if (result === "shadowed") return `attempt ${number} would have been sent now`;
  return number === 1
    ? `the charge failed${code}`
    : `attempt ${number} ${result}${result === "declined" ? code : ""}`;
}

function planLines(
  { plan, customerAction, charge, debt }: Recovery,
  id: string,
  dayMs: number,
): [string, string][] {
  const lines: [string, string][] = [];
  if (plan !== null && debt !== null) {
    const day = Math.floor((plan.at - debt.firstFailedAt) / dayMs + 0.1);
    lines.push([
      `${id} plan ${plan.number} ${plan.at}`,
      `attempt ${plan.number} is planned for day ${day}`,
    ]);
  }
  if (customerAction !== null)
    lines.push([`${id} asking ${customerAction.afterAttempt}`, WHY_ASKED[customerAction.reason]]);
  if (charge?.phase === "unknown") {
    lines.push([
      `${id} unknown ${charge.number} ${charge.startedAt}`,
      `attempt ${charge.number}: no answer came; nothing is charged until it is known what happened`,
    ]);
  }
  return lines;
}
