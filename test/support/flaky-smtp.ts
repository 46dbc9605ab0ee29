import type { InboxFault } from "../../dev/local-stack/inbox.ts";
import type { NoticeOutcome } from "../../domain/state/event.ts";
import { MINUTE_MS } from "../../domain/values/time.ts";
import { openStage, type Stage } from "./stage.ts";
import { until } from "./until.ts";

/** What a mail server does with the first try of a notice; it takes every later one. */
export const BAD_DAYS = {
  taken: { kind: "take" },
  "refused for now (451)": { kind: "answer", status: 451 },
  "busy (421)": { kind: "answer", status: 421 },
  "refused for good (550)": { kind: "answer", status: 550 },
  "dropped in the middle of the message": { kind: "drop" },
  "no answer, not taken": { kind: "hang" },
  "taken, the connection lost": { kind: "take_and_drop" },
  "taken, no answer": { kind: "take_and_hang" },
  slow: { kind: "slow", afterMs: 300 },
} as const satisfies Readonly<Record<string, InboxFault>>;
export type BadDay = keyof typeof BAD_DAYS;

const DAYS = Object.keys(BAD_DAYS) as BadDay[];

/** The server's answer was lost though it had the mail: SMTP has no way to tell. */
export const IS_LOST: readonly BadDay[] = ["taken, the connection lost", "taken, no answer"];

/** Longer than it takes anything but a server that hangs. */
const SMTP_TIMEOUT_MS = 1_000;

const AT_ONCE = 8;

export type Told = {
  readonly day: BadDay;
  /** How many came, and how many message ids they had. */
  readonly copies: number;
  readonly messageIds: number;
  readonly outcome: NoticeOutcome;
};

/** Sends one notice from each of so many recoveries through a mail server of which every kind of day is one in nine. */
export async function sendThrough(count: number): Promise<{
  readonly told: readonly Told[];
  readonly operatorMails: readonly string[];
}> {
  const dayOf = new Map<string, BadDay>();
  const tried = new Set<string>();
  const stage = await openStage({
    smtp: {
      timeoutMs: SMTP_TIMEOUT_MS,
      faultFor: ([recipient = ""]) => {
        const day = dayOf.get(recipient);
        if (day === undefined || tried.has(recipient)) return undefined;
        tried.add(recipient);
        return BAD_DAYS[day];
      },
    },
  });
  try {
    const told: Told[] = [];
    const emails = Array.from({ length: count }, (_, index) => `customer${index}@example.com`);
    for (const [index, email] of emails.entries()) {
      dayOf.set(email, DAYS[index % DAYS.length] ?? "taken");
    }
    for (let first = 0; first < count; first += AT_ONCE) {
      const some = emails.slice(first, first + AT_ONCE);
      told.push(...(await Promise.all(some.map((email) => tell(stage, email, dayOf)))));
    }
    return { told, operatorMails: stage.mailsTo("operator@merchant.example") };
  } finally {
    await stage.close();
  }
}

async function tell(stage: Stage, email: string, days: Map<string, BadDay>): Promise<Told> {
  const { control } = stage.sandbox;
  const { subscriptionId } = await control.createSubscription({ onDemand: true, email });
  await control.script(subscriptionId, [{ decline: "EXPIRED_CARD" }], "succeed");
  await control.charge(subscriptionId);
  await until(async () => await stage.view(subscriptionId), { what: "the recovery" });
  await stage.skip(subscriptionId, MINUTE_MS);
  const outcome = await until(
    async () => {
      const { timeline } = await stage.view(subscriptionId);
      const line = timeline.find(({ rule }) => /^notice\.(sent|undeliverable)$/.test(rule));
      if (line === undefined) return null;
      return line.rule === "notice.sent"
        ? ({ kind: "sent", messageId: line.reason } as const)
        : ({ kind: "undeliverable", detail: line.reason } as const);
    },
    { what: `the notice to ${email}`, timeoutMs: 60_000 },
  );
  const arrived = stage.inbox.mails.filter(({ recipients }) => recipients.includes(email));
  return {
    day: days.get(email) ?? "taken",
    copies: arrived.length,
    messageIds: new Set(arrived.map(({ messageId }) => messageId)).size,
    outcome,
  };
}
