import { describe, expect, test } from "vitest";
import {
  MailNotSentError,
  type MailOutcome,
  SenderRefusedError,
} from "../../../activities/mail/mailer.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { RESUME, RETRY } from "../../support/domain/operator-commands.ts";
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  type Scenario,
  startScenario,
} from "../../support/domain/scenario.ts";

const SOFT = { kind: "decline", code: "INSUFFICIENT_FUNDS" } as const;

/** A soft decline on day 0, whose retry is due on day 3; no mail leaves from then until `mendedOnDay`. */
async function withoutMail(
  mendedOnDay: number,
  refuse: () => MailOutcome = senderRefused,
  policy: Policy = DEFAULT_POLICY,
): Promise<Scenario> {
  const run = startScenario({}, policy);
  const { world, dodo, timeline } = run;
  const mendedAt = timeline.now() + mendedOnDay * DAY_MS;
  world.mailer = async ({ key }) => {
    if (timeline.now() < mendedAt) return await Promise.resolve(refuse());
    return { kind: "sent", messageId: key };
  };
  dodo.verdicts.push(SOFT, SOFT, SOFT);
  dodo.merchantCharges(SOFT);
  await run.until(0, MINUTE_MS);
  return run;
}

function senderRefused(): never {
  throw new SenderRefusedError("SMTP 550 5.7.1 at MAIL FROM");
}

function serverDown(): never {
  throw new MailNotSentError("the mail could not be sent (no answer)");
}

const chargesOf = ({ dodo }: Scenario): number[] =>
  dodo.mutations.filter(({ what }) => what === "charge").map(({ at }) => at);

const mailsOf = ({ world }: Scenario): string[] =>
  world.mails.map(({ key }) => key.split("/").at(-1) ?? "");

/** The first mail, and that the first charge came after it. */
const firstOf = (
  run: Scenario,
): { readonly mail: string | undefined; readonly isFirst: boolean } => ({
  mail: mailsOf(run)[0],
  isFirst: (run.world.mails[0]?.at ?? Infinity) < (chargesOf(run)[0] ?? 0),
});

const alertsOf = ({ world }: Scenario): string[] => world.alerts.map(({ cause }) => cause);

describe("an attempt whose announcement cannot be sent", () => {
  test.each([
    ["the server refuses the sender", senderRefused],
    ["the mail server is down", serverDown],
  ])("waits while %s, is announced for its new day, and is made then", async (_, refuse) => {
    const run = await withoutMail(3.5, refuse);
    await run.until(3, 12 * HOUR_MS);
    expect(chargesOf(run)).toEqual([]);
    expect(run.world.recovery?.plan).toMatchObject({ number: 2, moves: 1 });
    await run.until(6);
    expect(firstOf(run)).toEqual({ mail: "retry_ahead.2.moved1", isFirst: true });
    expect(run.world.recovery?.attempts[1]).toMatchObject({ announcement: "sent" });
    expect(new Set(alertsOf(run))).toEqual(new Set(["sender_refused"]));
  });

  test("needs a person after three days, is not charged meanwhile, and is announced again after `resume`", async () => {
    const run = await withoutMail(8);
    await run.until(7, 12 * HOUR_MS);
    expect(chargesOf(run)).toEqual([]);
    const { attention } = run.world.recovery ?? {};
    expect(attention).toMatchObject([{ cause: "announcement_unsent", attempt: 2 }]);
    await run.until(8);
    expect(mailsOf(run)).toEqual([]);
    run.world.command(RESUME);
    await run.until(12);
    expect(firstOf(run)).toEqual({
      mail: expect.stringMatching(/^retry_ahead\.2\.moved\d$/),
      isFirst: true,
    });
  });

  test("is made at once if the operator commands `retry`", async () => {
    const run = await withoutMail(20);
    await run.until(3, 12 * HOUR_MS);
    expect(chargesOf(run)).toEqual([]);
    run.world.command(RETRY);
    await run.until(3, 13 * HOUR_MS);
    expect(chargesOf(run)).toHaveLength(1);
  });

  test("is made on its day where the policy announces no attempts", async () => {
    const notices = { ...DEFAULT_POLICY.notices, beforeAttemptMs: 0 };
    const run = await withoutMail(40, senderRefused, { ...DEFAULT_POLICY, notices });
    await run.until(4);
    expect(chargesOf(run)).toHaveLength(1);
  });
});

describe("an attempt whose customer has a dead address", () => {
  test("is made on its day; the operator is told, and the attempt records it", async () => {
    const dead = (): MailOutcome => ({ kind: "rejected", detail: "SMTP 550 5.1.1 at RCPT TO" });
    const run = await withoutMail(40, dead);
    await run.until(4);
    expect(chargesOf(run)).toHaveLength(1);
    expect(alertsOf(run)).toContain("notice_undeliverable");
    expect(alertsOf(run)).not.toContain("sender_refused");
    expect(run.world.recovery?.attempts[1]).toMatchObject({ announcement: "undeliverable" });
  });
});
