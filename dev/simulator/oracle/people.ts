import { DAY_MS } from "../../../domain/values/time.ts";
import type { RecordedMail } from "../../model/world.ts";
import { type Finding, type Ledger, paidAt } from "./ledger.ts";

/** Thanks, and that it is over: they ask for nothing, and come after the end. */
const CLOSING = ["recovered", "cancelled"];

const debtOf = ({ thread }: RecordedMail): string => thread?.split("/")[1] ?? "";
const noticeOf = ({ key }: RecordedMail): string => key.split("/").at(-1) ?? "";

/** What holds of everything that people are told and say. */
export function findInMails(ledger: Ledger): Finding[] {
  const { mails } = ledger.life.world;
  const asking = mails.filter((mail) => !CLOSING.includes(noticeOf(mail)));
  return [
    ...asking.flatMap((mail) => tooLate(mail, ledger)),
    ...asking.flatMap((mail) => tooMany(mail, asking, ledger)),
    ...mails.flatMap((mail, index) => twice(mail, mails.slice(0, index))),
    ...unanswered(ledger),
  ];
}

/** Each mail's activity reads Dodo right before. */
function tooLate(mail: RecordedMail, ledger: Ledger): Finding[] {
  const { at } = mail;
  const debtId = debtOf(mail);
  const paid = paidAt(debtId, ledger);
  const detail = `${noticeOf(mail)} of ${debtId}`;
  if (paid !== null && paid + ledger.blindMs < at)
    return [{ name: "mailed_after_paid", at, detail }];
  // One that is under way when a debt ends cannot be called back.
  const begunAt = begunAtOf(mail, ledger);
  const end = ledger.ended.find((one) => one.debtId === debtId && one.endedAt < begunAt);
  return end === undefined ? [] : [{ name: "mailed_after_end", at, detail }];
}

function begunAtOf(mail: RecordedMail, { life }: Ledger): number {
  const begun = life.world.decisions.findLast(
    ({ at, decision }) =>
      at <= mail.at &&
      decision.effects.some(
        (effect) =>
          effect.kind === "notice" &&
          effect.key === noticeOf(mail) &&
          effect.debtId === debtOf(mail),
      ),
  );
  return begun?.at ?? mail.at;
}

function tooMany(
  { at }: RecordedMail,
  asking: readonly RecordedMail[],
  { life }: Ledger,
): Finding[] {
  const max = Math.max(...life.policies.map(({ policy }) => policy.notices.perCustomerWeek));
  const week = asking.filter((one) => one.at <= at && one.at > at - 7 * DAY_MS);
  return week.length <= max ? [] : [{ name: "too_many_mails", at, detail: `${week.length}` }];
}

function twice({ key, at }: RecordedMail, before: readonly RecordedMail[]): Finding[] {
  return before.some((one) => one.key === key) ? [{ name: "mailed_twice", at, detail: key }] : [];
}

function unanswered({ life: { world } }: Ledger): Finding[] {
  return world.decisions.flatMap(({ event, at }) =>
    event.kind === "command" && !world.replies.has(event.commandId)
      ? [{ name: "unanswered", at, detail: event.command.action } as const]
      : [],
  );
}
