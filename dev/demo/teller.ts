import type { Instant } from "../../domain/values/time.ts";
import type { RecoveryView } from "../../workflows/contract.ts";
import type { LocalStack } from "../local-stack/local-stack.ts";
import type { ReceivedMail } from "../local-stack/received-mail.ts";
import type { RecoveryClock } from "./recovery-clock.ts";
import { dayZeroOf, linesOf, type StoryLine } from "./story-lines.ts";

/** Collects what happens to one customer. Each fact is told once, at its own time. */
export type Teller = {
  readonly say: (text: string, at: Instant) => void;
  /** Notes what is new in a settled recovery and in the inbox. */
  readonly hear: (view: RecoveryView | null) => void;
  /** @returns what was noted since the last call, in the order in which it happened */
  readonly take: () => readonly StoryLine[];
};

export type TellerOptions = {
  readonly stack: Pick<LocalStack, "inbox">;
  readonly clock: Pick<RecoveryClock, "now">;
  readonly subscriptionId: string;
  readonly email: string;
  /** Day 0 of the story. Absent: the day on which the debt's charge failed. */
  readonly startedAt?: Instant;
};

export function createTeller(options: TellerOptions): Teller {
  const { stack, clock, subscriptionId, email, startedAt } = options;
  const told = new Set<string>();
  let noted: StoryLine[] = [];
  const say = (text: string, at: Instant): void => void noted.push({ at, text });
  const sayOnce = (key: string, text: string, at: Instant): void => {
    if (told.has(key)) return;
    told.add(key);
    say(text, at);
  };
  return {
    say,
    hear: (view) => {
      const now = clock.now(subscriptionId);
      // No time has been skipped since the mail came.
      const ahead = now - Date.now();
      for (const mail of stack.inbox.mails) {
        const text = mailText(mail, email, subscriptionId);
        if (text !== null) sayOnce(`mail ${mail.id}`, text, Date.parse(mail.at) + ahead);
      }
      if (view === null) return;
      for (const line of linesOf(view, startedAt ?? dayZeroOf(view), now))
        sayOnce(line.key, line.text, line.at);
    },
    take: () => {
      const lines = noted.toSorted((a, b) => a.at - b.at);
      noted = [];
      return lines;
    },
  };
}

/** @returns null for a mail that is not about this customer */
function mailText(mail: ReceivedMail, email: string, subscriptionId: string): string | null {
  if (mail.to === email) return `email: “${mail.subject}”`;
  return mail.text.includes(subscriptionId) ? `email to the operator: “${mail.subject}”` : null;
}
