import type { RecoveryResult } from "../../domain/debt/result.ts";
import type { Attempt } from "../../domain/state/attempt.ts";
import { ATTENTION_CAUSES } from "../../domain/state/attention.ts";
import type { CustomerAction } from "../../domain/state/current-debt.ts";
import type { Actor } from "../../domain/state/outcome.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { RecoveryView } from "../../workflows/contract.ts";
import type { ReceivedMail } from "../local-stack/inbox.ts";

/** Prints what happens to one customer, each thing once. */
export type Narrator = {
  readonly begin: (summary: string) => void;
  /** Prints what is new since the last call. */
  readonly report: (view: RecoveryView | null, mails: readonly ReceivedMail[]) => void;
  readonly say: (line: string) => void;
  readonly end: (result: Pick<RecoveryResult, "outcome" | "by">) => void;
};

const CUSTOMER_ACTION_TEXT: Readonly<Record<CustomerAction["reason"], string>> = {
  decline: "only the customer can fix this: an email asks them to pay",
  repeated_code: "the same decline several times in a row: an email asks the customer to pay",
  schedule_spent: "no attempt is left: emails ask the customer to pay",
  cancellation_scheduled:
    "a cancellation is scheduled, so Dodo refuses charges: an email asks the customer to pay",
  refused: "Dodo refused the charge: an email asks the customer to pay",
  amount_unknown: "how much of the amount is tax is unknown: an email asks the customer to pay",
  not_chargeable: "this debt cannot be charged again: an email asks the customer to pay",
};

const PAID_BY: Readonly<Record<Actor, string>> = {
  attempt: "by an attempt",
  link: "through the payment link",
  dodo: "by Dodo's own retry",
  merchant: "by a charge of the merchant",
  customer: "by the customer in Dodo's portal",
  operator: "elsewhere, as the operator recorded",
  reprise: "by Reprise",
};

/**
 * @param name padded to a column
 * @param day the scenario's day now
 * @param dayMs length of a day of the scenario, in milliseconds
 */
export function createNarrator(
  name: string,
  day: () => number,
  dayMs: number,
  print: (line: string) => void,
): Narrator {
  const printed = new Set<string>();
  const say = (line: string): void => print(`day ${String(day()).padStart(2)}  ${name}  ${line}`);
  const sayOnce = (key: string, line: string): void => {
    if (printed.has(key)) return;
    printed.add(key);
    say(line);
  };
  return {
    begin: (summary) => say(`▶ ${summary}`),
    say,
    end: (result) => say(`■ ${endText(result)}`),
    report: (view, mails) => {
      if (view !== null)
        for (const [key, line] of linesOf(view.recovery, dayMs)) sayOnce(key, line);
      for (const mail of mails) sayOnce(`mail ${mail.id}`, `email: “${mail.subject}”`);
    },
  };
}

function endText({ outcome, by }: Pick<RecoveryResult, "outcome" | "by">): string {
  if (by === null || by === "reprise") return outcome ?? "no outcome";
  return outcome === "recovered" ? `recovered ${PAID_BY[by]}` : `${outcome ?? ""} by ${by}`;
}

type KeyedLine = [key: string, line: string];

/** All lines about a recovery as it is now, each with a key that names the fact behind it. */
function linesOf(recovery: Recovery, dayMs: number): KeyedLine[] {
  const last = recovery.ended.at(-1);
  const debt = recovery.debt?.id ?? last?.debtId ?? "";
  const attempts = recovery.debt === null ? (last?.attempts ?? []) : recovery.attempts;
  return [
    ...attempts.map((attempt): KeyedLine => [
      `${debt} attempt ${attempt.number}`,
      attemptLine(attempt),
    ]),
    ...nextStepLines(recovery, debt, dayMs),
    ...recovery.attention.map(({ cause, since }): KeyedLine => [
      `${cause} ${since}`,
      `needs attention: ${ATTENTION_CAUSES[cause].text}`,
    ]),
    ...(recovery.settlement === null
      ? []
      : [[`${debt} paid`, `paid ${PAID_BY[recovery.settlement.by]}`] as KeyedLine]),
  ];
}

function attemptLine({ number, result, declineCode }: Attempt): string {
  const code = declineCode === null ? "" : `: ${declineCode}`;
  if (result === "shadowed") return `attempt ${number} would be sent now`;
  return number === 1
    ? `the charge failed${code}`
    : `attempt ${number} ${result}${result === "declined" ? code : ""}`;
}

function nextStepLines(
  { plan, customerAction, charge, debt }: Recovery,
  id: string,
  dayMs: number,
): KeyedLine[] {
  const lines: KeyedLine[] = [];
  if (plan !== null && debt !== null) {
    const day = Math.floor((plan.at - debt.firstFailedAt) / dayMs + 0.1);
    lines.push([
      `${id} plan ${plan.number} ${plan.at}`,
      `attempt ${plan.number} is planned for day ${day}`,
    ]);
  }
  if (customerAction !== null)
    lines.push([
      `${id} customer action ${customerAction.afterAttempt}`,
      CUSTOMER_ACTION_TEXT[customerAction.reason],
    ]);
  if (charge?.phase === "unknown") {
    lines.push([
      `${id} unknown ${charge.number} ${charge.startedAt}`,
      `attempt ${charge.number}: the answer was lost; no charge is sent until the outcome is known`,
    ]);
  }
  return lines;
}
