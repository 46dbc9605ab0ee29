import type { InboxFault } from "../../../dev/local-stack/inbox.ts";
import type { NoticeOutcome } from "../../../domain/state/event.ts";
import { MINUTE_MS } from "../../../domain/values/time.ts";
import { startTestSystem, type TestSystem } from "../system/test-system.ts";
import { until } from "../until.ts";

type FaultCase = {
  readonly fault: InboxFault;
  /** The server rejects the message for good, so no email arrives. */
  readonly isRejected?: true;
  /** The server has the email and its answer is lost: with SMTP the sender cannot know, so a second copy arrives. */
  readonly isAnswerLost?: true;
};

/** What the mail server does with the first try of a notice. It accepts every later one. */
export const SMTP_FAULTS = {
  accepted: { fault: { kind: "take" } },
  "rejected temporarily (451)": { fault: { kind: "answer", status: 451 } },
  "busy (421)": { fault: { kind: "answer", status: 421 } },
  "rejected for the address (550 5.1.1)": {
    fault: { kind: "answer", status: 550, code: "5.1.1" },
    isRejected: true,
  },
  "rejected for the sender (554)": { fault: { kind: "answer", status: 554 } },
  "dropped in the middle of the message": { fault: { kind: "drop" } },
  "discarded without an answer": { fault: { kind: "hang" } },
  "accepted, then dropped": { fault: { kind: "take_and_drop" }, isAnswerLost: true },
  "accepted without an answer": { fault: { kind: "take_and_hang" }, isAnswerLost: true },
  slow: { fault: { kind: "slow", afterMs: 300 } },
} as const satisfies Readonly<Record<string, FaultCase>>;
export type SmtpFault = keyof typeof SMTP_FAULTS;

const NAMES = Object.keys(SMTP_FAULTS) as SmtpFault[];

export const caseOf = (name: SmtpFault): FaultCase => SMTP_FAULTS[name];

/** Longer than any answer takes on a busy machine, except from a server that hangs. */
const SMTP_TIMEOUT_MS = 8_000;

/** Each fault once, so that the servers that hang do so at the same time. */
const AT_ONCE = NAMES.length;

export type SentNotice = {
  readonly fault: SmtpFault;
  /** How many copies arrived, and how many message ids they had. */
  readonly copies: number;
  readonly messageIds: number;
  readonly outcome: NoticeOutcome["kind"];
};

/** Sends one notice from each of `count` recoveries through a mail server that shows each fault in turn. */
export async function sendThrough(count: number): Promise<{
  readonly notices: readonly SentNotice[];
  readonly operatorMails: readonly string[];
}> {
  const faultOf = new Map<string, SmtpFault>();
  const tried = new Set<string>();
  const system = await startTestSystem({
    smtp: {
      timeoutMs: SMTP_TIMEOUT_MS,
      faultFor: ([recipient = ""]) => {
        const fault = faultOf.get(recipient);
        if (fault === undefined || tried.has(recipient)) return undefined;
        tried.add(recipient);
        return SMTP_FAULTS[fault].fault;
      },
    },
  });
  try {
    const notices: SentNotice[] = [];
    const emails = Array.from({ length: count }, (_, index) => `customer${index}@example.com`);
    for (const [index, email] of emails.entries()) {
      faultOf.set(email, NAMES[index % NAMES.length] ?? "accepted");
    }
    for (let first = 0; first < count; first += AT_ONCE) {
      const batch = emails.slice(first, first + AT_ONCE);
      notices.push(
        ...(await Promise.all(
          batch.map((email) => sendNotice(system, email, faultOf.get(email) ?? "accepted")),
        )),
      );
    }
    return { notices, operatorMails: system.mailsTo("operator@merchant.example") };
  } finally {
    await system.close();
  }
}

async function sendNotice(
  system: TestSystem,
  email: string,
  fault: SmtpFault,
): Promise<SentNotice> {
  const { control } = system.sandbox;
  const { subscriptionId } = await control.createSubscription({ onDemand: true, email });
  await control.script(subscriptionId, [{ decline: "EXPIRED_CARD" }], "succeed");
  await control.charge(subscriptionId);
  await until(async () => await system.readView(subscriptionId), { what: "the recovery" });
  await system.skipTime(subscriptionId, MINUTE_MS);
  const outcome = await until(
    async () => {
      const { timeline } = await system.readView(subscriptionId);
      if (timeline.some(({ rule }) => rule === "notice.sent")) return "sent";
      return timeline.some(({ rule }) => rule === "notice.undeliverable") ? "undeliverable" : null;
    },
    { what: `the notice to ${email}` },
  );
  const arrived = system.inbox.mails.filter(({ recipients }) => recipients.includes(email));
  return {
    fault,
    copies: arrived.length,
    messageIds: new Set(arrived.map(({ messageId }) => messageId)).size,
    outcome,
  };
}
