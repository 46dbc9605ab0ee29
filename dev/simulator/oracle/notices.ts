import { classifyDecline } from "../../../domain/declines/decline.ts";
import type { Command } from "../../../domain/state/command.ts";
import type { Recovery } from "../../../domain/state/recovery.ts";
import { DAY_MS, type Instant, MINUTE_MS } from "../../../domain/values/time.ts";
import type { RecordedMail } from "../../model/runs/records.ts";
import type { SimulationRun } from "../simulation-run.ts";
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
    ...givenUp(ledger),
    ...unannounced(ledger),
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

/** A mail that was on its way when its run stopped may still arrive. */
const UNDER_WAY_MS = 15 * MINUTE_MS;

/** A run that follows a stopped one may send its notices again. */
function sentTwice(
  { key, at }: RecordedMail,
  earlier: readonly RecordedMail[],
  { run }: Ledger,
): Violation[] {
  const stops = run.world.stoppedAt;
  const isTwice = earlier.some(
    (one) => one.key === key && !stops.some((stop) => stop >= one.at - UNDER_WAY_MS && stop <= at),
  );
  return isTwice ? [{ name: "notice_sent_twice", at, detail: key }] : [];
}

/** Only a refusal of the address, or a missing one, makes a notice undeliverable. */
function givenUp({ run }: Ledger): Violation[] {
  if (run.mail.refusedKeys.size > 0) return [];
  return run.world.decisions.flatMap(({ event, at }) =>
    event.kind === "notice_finished" && event.outcome.kind === "undeliverable"
      ? [{ name: "notice_given_up", at, detail: event.outcome.detail } as const]
      : [],
  );
}

/** A customer knows of each attempt of the schedule before it is made. */
function unannounced({ run }: Ledger): Violation[] {
  return run.world.decisions.flatMap(({ at, decision: { changes, effects }, recovery }) => {
    const { charge } = changes;
    if (charge?.trigger !== "schedule" || !effects.some(({ kind }) => kind === "charge")) return [];
    const debtId = recovery.debt?.id ?? "";
    if (isOfMerchant(recovery) || isAnnounced(debtId, charge.number, at, run)) return [];
    if (wasStartedBeforeStop(debtId, charge.number, at, run)) return [];
    return [{ name: "unannounced_charge", at, detail: `${debtId}.${charge.number}` } as const];
  });
}

/** The customer hears nothing of a decline that only the merchant can resolve. */
function isOfMerchant({ attempts }: Recovery): boolean {
  const code = attempts.at(-1)?.declineCode ?? null;
  return classifyDecline(code, {}).handling === "merchant";
}

/** A mail has left, or could not: the server refused the address, or the customer got too many mails that week. */
/** A stopped run had started the attempt: it was announced there, or an operator asked for it. The same key is sent again. */
function wasStartedBeforeStop(
  debtId: string,
  number: number,
  at: Instant,
  { world }: SimulationRun,
): boolean {
  return world.decisions.some(
    ({ at: startedAt, recovery, decision: { changes, effects } }) =>
      recovery.debt?.id === debtId &&
      changes.charge?.number === number &&
      effects.some(({ kind }) => kind === "charge") &&
      world.stoppedAt.some((stop) => stop >= startedAt && stop < at),
  );
}

function isAnnounced(debtId: string, number: number, at: Instant, run: SimulationRun): boolean {
  const ahead = `retry_ahead.${number}`;
  const isAnnouncement = (notice: string): boolean =>
    notice === ahead ||
    notice.startsWith(`${ahead}.`) ||
    (number === 2 && notice === "payment_failed");
  const { mails, decisions } = run.world;
  const refused = [...run.mail.refusedKeys].filter((key) => key.includes(`/${debtId}/`));
  return (
    mails.some(
      (mail) => mail.at < at && debtOfMail(mail) === debtId && isAnnouncement(noticeOfMail(mail)),
    ) ||
    refused.some((key) => isAnnouncement(key.split("/").at(-1) ?? "")) ||
    decisions.some(
      ({ event }) =>
        event.kind === "notice_finished" &&
        event.outcome.kind === "not_sent" &&
        event.outcome.why === "weekly_cap_reached" &&
        isAnnouncement(event.outcome.key),
    )
  );
}

/** How long an answer may wait for Dodo. */
const ANSWER_MS = 2 * MINUTE_MS;

/** Where the run is terminated or reset before it answers, Temporal answers with an error. */
function unanswered({ run: { world } }: Ledger): Violation[] {
  const waitsForDodo = (command: Command): boolean =>
    command.action === "create_payment_link" ||
    (command.action === "retry_now" && command.confirmedDead === true);
  const isCutOff = (command: Command, at: Instant): boolean =>
    waitsForDodo(command) && world.stoppedAt.some((stop) => stop >= at && stop < at + ANSWER_MS);
  return world.decisions.flatMap(({ event, at }) =>
    event.kind === "command" && !world.replies.has(event.commandId) && !isCutOff(event.command, at)
      ? [{ name: "command_unanswered", at, detail: event.command.action } as const]
      : [],
  );
}
