import { DAY_MS } from "../../../domain/values/time.ts";
import type { RecordedMail } from "../../model/runs/records.ts";
import { debtOfMail, type Ledger, noticeOfMail, paidAt } from "./ledger.ts";
import type { Violation } from "./violation.ts";

/** Closing notices ask for nothing, and are sent after the end. */
const CLOSING = ["recovered", "cancelled"];

/** Invariants of notices to the customer, and of answers to commands. */
export function findInNotices(ledger: Ledger): Violation[] {
  const { mails } = ledger.run.world;
  const requests = mails.filter((mail) => !CLOSING.includes(noticeOfMail(mail)));
  return [
    ...requests.flatMap((mail) => tooLate(mail, ledger)),
    ...requests.flatMap((mail) => tooMany(mail, requests, ledger)),
    ...mails.flatMap((mail, index) => sentTwice(mail, mails.slice(0, index), ledger)),
    ...unanswered(ledger),
  ];
}

/** Every notice reads Dodo right before it is sent. */
function tooLate(mail: RecordedMail, ledger: Ledger): Violation[] {
  const { at } = mail;
  const debtId = debtOfMail(mail);
  const paid = paidAt(debtId, ledger);
  const detail = `${noticeOfMail(mail)} of ${debtId}`;
  if (paid !== null && paid + ledger.unseenMs < at)
    return [{ name: "notice_after_payment", at, detail }];
  // A notice that has started when its debt ends cannot be recalled.
  const startedAt = startOf(mail, ledger);
  const end = ledger.ended.find((one) => one.debtId === debtId && one.endedAt < startedAt);
  return end === undefined ? [] : [{ name: "notice_after_end", at, detail }];
}

function startOf(mail: RecordedMail, { run }: Ledger): number {
  const start = run.world.decisions.findLast(
    ({ at, decision }) =>
      at <= mail.at &&
      decision.effects.some(
        (effect) =>
          effect.kind === "notice" &&
          effect.key === noticeOfMail(mail) &&
          effect.debtId === debtOfMail(mail),
      ),
  );
  return start?.at ?? mail.at;
}

function tooMany(
  { at }: RecordedMail,
  requests: readonly RecordedMail[],
  { run }: Ledger,
): Violation[] {
  const max = Math.max(...run.policies.map(({ policy }) => policy.notices.perCustomerWeek));
  const week = requests.filter((one) => one.at <= at && one.at > at - 7 * DAY_MS);
  // A notice that is sent again is counted once.
  const { size } = new Set(week.map(({ key }) => key));
  return size <= max ? [] : [{ name: "too_many_notices", at, detail: `${size}` }];
}

/** A run that follows a stopped one may send its notices again. */
function sentTwice(
  { key, at }: RecordedMail,
  earlier: readonly RecordedMail[],
  { run }: Ledger,
): Violation[] {
  const stops = run.world.stoppedAt;
  const isTwice = earlier.some(
    (one) => one.key === key && !stops.some((stop) => stop >= one.at && stop <= at),
  );
  return isTwice ? [{ name: "notice_sent_twice", at, detail: key }] : [];
}

function unanswered({ run: { world } }: Ledger): Violation[] {
  return world.decisions.flatMap(({ event, at }) =>
    event.kind === "command" && !world.replies.has(event.commandId)
      ? [{ name: "command_unanswered", at, detail: event.command.action } as const]
      : [],
  );
}
