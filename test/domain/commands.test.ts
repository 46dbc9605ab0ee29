import { describe, expect, test } from "vitest";
import { foreignPayment, paymentReported } from "../../dev/model/events.ts";
import { refusalOf } from "../../domain/commands.ts";
import type { Command } from "../../domain/state/command.ts";
import type { Payment, Subscription } from "../../domain/state/payment.ts";
import { Deciding } from "../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../support/domain/ids.ts";
import { MARK_PAID, PAUSE, RESUME, RETRY, WRITE_OFF } from "../support/domain/operator-commands.ts";
import { DAY_0, DAY_MS, HOUR_MS } from "../support/domain/scenario.ts";

const RETRY_ABSENT: Command = { ...RETRY, confirmedAbsent: true } as Command;
const PAGE: Command = { action: "create_payment_link", debtId: null };
const STOP: Command = { action: "stop_reminders", debtId: null };

const FAILED = foreignPayment(DAY_0, {
  paymentId: id("pay_1"),
  declineCode: "INSUFFICIENT_FUNDS",
});

function opened(
  given: { failed?: Partial<Payment>; subscription?: Partial<Subscription> } = {},
): Deciding {
  const deciding = new Deciding();
  deciding.open([{ ...FAILED, ...given.failed }], given.subscription);
  return deciding;
}

/** One whose window, debt or question is as the name says. */
const SITUATIONS = {
  "not read yet": () => {
    const deciding = new Deciding();
    deciding.tell(paymentReported(FAILED));
    return deciding;
  },
  "waiting for its attempt": () => opened(),
  paused: () => {
    const deciding = opened();
    deciding.command(PAUSE);
    return deciding;
  },
  "over, with nothing owed": () => {
    const deciding = opened();
    deciding.command(WRITE_OFF);
    return deciding;
  },
  "paid, and still on hold": () => {
    const deciding = opened();
    deciding.tell(paymentReported({ ...FAILED, status: "succeeded", declineCode: null }));
    return deciding;
  },
  "charging, in flight": () => {
    const deciding = opened();
    deciding.charge();
    return deciding;
  },
  "charging, unknown": () => {
    const deciding = opened();
    deciding.charge();
    deciding.charged({
      kind: "unknown",
      detail: "no answer",
      sentNoLaterThan: deciding.now + 1,
    } as never);
    return deciding;
  },
  "ending, after a charge in flight": () => {
    const deciding = opened();
    deciding.charge();
    deciding.command(WRITE_OFF);
    return deciding;
  },
  "with a page for the customer": () => {
    const deciding = opened();
    deciding.command(PAGE);
    return deciding;
  },
  "with an open payment in the way": () => {
    const deciding = opened();
    deciding.tell(paymentReported({ ...FAILED, paymentId: id("pay_2"), status: "processing" }));
    return deciding;
  },
  "of another currency": () =>
    opened({ failed: { currency: "EUR" }, subscription: { currency: "USD" } }),
  "with its cancellation scheduled": () =>
    opened({ subscription: { cancelAtNextBillingDate: true } }),
  "of a paused subscription": () => opened({ subscription: { status: "paused" } }),
  "of a subscription without a status": () => opened({ subscription: { status: null } }),
  "with a card that is not charged again": () => opened({ failed: { declineCode: "STOLEN_CARD" } }),
  "asked about, what was paid elsewhere": () => {
    const deciding = opened();
    const other = { ...FAILED, paymentId: id("pay_2"), status: "succeeded", declineCode: null };
    deciding.tell(paymentReported(other));
    return deciding;
  },
  "asked about, by a fault of the merchant's": () =>
    opened({ failed: { declineCode: "INVALID_AMOUNT" } }),
} as const satisfies Readonly<Record<string, () => Deciding>>;
type Situation = keyof typeof SITUATIONS;

const OK = "taken";

describe.each<[Situation, Partial<Record<string, string>>]>([
  [
    "not read yet",
    {
      pause: OK,
      resume: "not_applicable: it is neither paused nor waiting for a person",
      retry_now: "not_now: the debt has not been read yet",
      mark_paid: "not_now: the debt has not been read yet",
      write_off: OK,
      create_payment_link: "not_now: the debt has not been read yet",
      stop_reminders: "not_now: the debt has not been read yet",
    },
  ],
  [
    "waiting for its attempt",
    {
      pause: OK,
      resume: "not_applicable: it is neither paused nor waiting for a person",
      retry_now: OK,
      mark_paid: OK,
      write_off: OK,
      create_payment_link: OK,
      stop_reminders: OK,
    },
  ],
  ["paused", { pause: "not_applicable: it is paused already", resume: OK, retry_now: OK }],
  [
    "over, with nothing owed",
    {
      pause: "nothing_owed: no debt is open in this recovery",
      resume: "nothing_owed: no debt is open in this recovery",
      retry_now: "nothing_owed: no debt is open in this recovery",
      mark_paid: "nothing_owed: no debt is open in this recovery",
      write_off: "nothing_owed: no debt is open in this recovery",
      create_payment_link: "nothing_owed: nothing is owed",
      stop_reminders: "nothing_owed: nothing is owed",
    },
  ],
  [
    "paid, and still on hold",
    {
      retry_now: "nothing_owed: the debt is paid",
      mark_paid: "nothing_owed: the debt is paid already",
      write_off: "nothing_owed: the debt is paid",
      create_payment_link: "nothing_owed: nothing is owed",
    },
  ],
  [
    "charging, in flight",
    {
      pause: OK,
      retry_now: "being_processed: attempt 2 is in flight",
      retry_now_absent: "being_processed: attempt 2 is in flight",
      mark_paid: OK,
      write_off: OK,
      create_payment_link: "being_processed: a payment is being processed",
      stop_reminders: OK,
    },
  ],
  [
    "charging, unknown",
    {
      retry_now:
        "being_processed: attempt 2 may have happened: look in Dodo, then say confirmedAbsent",
      retry_now_absent: OK,
      create_payment_link: "being_processed: a payment is being processed",
    },
  ],
  [
    "ending, after a charge in flight",
    {
      pause: "not_now: it is ending: written off by anna",
      resume: "not_now: it is ending: written off by anna",
      retry_now: "not_now: it is ending: written off by anna",
      mark_paid: "not_now: it is ending: written off by anna",
      write_off: "not_now: it is ending: written off by anna",
      create_payment_link: "nothing_owed: written off by anna",
      stop_reminders: "nothing_owed: written off by anna",
    },
  ],
  [
    "with a page for the customer",
    { retry_now: "being_processed: the customer has a page to pay on", create_payment_link: OK },
  ],
  [
    "with an open payment in the way",
    {
      retry_now: "being_processed: a payment of this subscription is open",
      create_payment_link: "being_processed: a payment is being processed",
    },
  ],
  [
    "of another currency",
    { retry_now: "not_applicable: this debt can be paid by the customer only" },
  ],
  [
    "with its cancellation scheduled",
    { retry_now: "not_applicable: its cancellation is scheduled", create_payment_link: OK },
  ],
  ["of a paused subscription", { retry_now: "not_applicable: the subscription is paused" }],
  [
    "of a subscription without a status",
    { retry_now: "not_applicable: the subscription is without a status" },
  ],
  [
    "with a card that is not charged again",
    { retry_now: "method_blocked: this card is never charged again (last decline: STOLEN_CARD)" },
  ],
  [
    "asked about, what was paid elsewhere",
    {
      resume: OK,
      retry_now:
        "not_now: first resume, mark as paid or write off: A payment of this subscription succeeded that is not one of ours.",
      mark_paid: OK,
      create_payment_link: "not_now: it waits for a person",
    },
  ],
  [
    "asked about, by a fault of the merchant's",
    { resume: OK, retry_now: OK, create_payment_link: OK },
  ],
])("a recovery, %s", (situation, expected) => {
  const COMMANDS: Readonly<Record<string, Command>> = {
    pause: PAUSE,
    resume: RESUME,
    retry_now: RETRY,
    retry_now_absent: RETRY_ABSENT,
    mark_paid: MARK_PAID,
    write_off: WRITE_OFF,
    create_payment_link: PAGE,
    stop_reminders: STOP,
  };

  test.each(Object.entries(expected))("answers %s: %s", (name, answer) => {
    const command = COMMANDS[name];
    if (command === undefined) throw new Error(name);
    const { recovery } = SITUATIONS[situation]();
    const refusal = refusalOf(recovery, command);
    expect(refusal === null ? OK : `${refusal.code}: ${refusal.reason}`).toBe(answer);
  });
});

describe("a link in a mail", () => {
  test("is for one debt, and of no use for another", () => {
    const { recovery } = opened();
    expect(refusalOf(recovery, { ...PAGE, debtId: "pay_1" } as Command)).toBeNull();
    expect(refusalOf(recovery, { ...PAGE, debtId: "pay_9" } as Command)).toEqual({
      code: "stale_link",
      reason: "this link is for another debt",
    });
  });
});

describe("a command that is taken", () => {
  const last = ({ decisions }: Deciding): string => decisions.at(-1)?.reason ?? "";

  test("is told under its name, with the note where there is one", () => {
    const deciding = opened();
    deciding.command(PAUSE);
    expect(last(deciding)).toContain("pause by anna");
    expect(last(deciding)).not.toContain("anna:");
    deciding.command({ ...WRITE_OFF, note: "moved away" } as Command);
    expect(last(deciding)).toContain("write_off by anna: moved away");
    expect(deciding.recovery.ended).toMatchObject([{ reason: "written off by anna: moved away" }]);
  });

  test("that is refused says so, and changes nothing else", () => {
    const deciding = opened();
    const { rule, reason } = deciding.command(RESUME);
    expect(rule).toBe("operator.refused");
    expect(reason).toContain("resume: it is neither paused nor waiting for a person");
  });

  test("retry_now charges the next attempt at once, and the window runs again", () => {
    const deciding = opened();
    const { windowEndsAt } = deciding.recovery;
    deciding.command(PAUSE);
    deciding.now += DAY_MS;
    deciding.command(RETRY);
    expect(deciding.recovery).toMatchObject({
      charge: { number: 2, trigger: "operator" },
      paused: null,
      windowStoppedAt: null,
    });
    expect(deciding.recovery.windowEndsAt).toBeGreaterThanOrEqual((windowEndsAt ?? 0) + DAY_MS);
  });

  test("retry_now of an attempt that is surely absent makes it again, under its number", () => {
    const deciding = SITUATIONS["charging, unknown"]();
    deciding.command(RETRY_ABSENT);
    expect(deciding.recovery.charge).toMatchObject({ number: 2, trigger: "operator" });
  });

  test("resume answers what was paid elsewhere: it is what brought the subscription back", () => {
    const deciding = SITUATIONS["asked about, what was paid elsewhere"]();
    expect(deciding.recovery.wasHeld).toBe(true);
    deciding.recovery = {
      ...deciding.recovery,
      subscription: { ...(deciding.recovery.subscription as Subscription), status: "active" },
    };
    deciding.command(RESUME);
    expect(deciding.recovery).toMatchObject({
      attention: [],
      excludedPayments: ["pay_2"],
      wasHeld: false,
    });
  });

  test("resume of a page that has been open for too long gives the page up", () => {
    const deciding = SITUATIONS["with a page for the customer"]();
    const url = "https://checkout.example/1";
    deciding.page({ kind: "made", url, paymentId: null, expiresAt: null });
    deciding.followUntilAsked([FAILED]);
    expect(deciding.recovery.attention).toMatchObject([{ cause: "outcome_deadline" }]);
    const { reason } = deciding.command(RESUME);
    expect(reason).toContain("a person has looked at the customer's page");
    expect(deciding.recovery).toMatchObject({ paymentLink: null, attention: [] });
  });

  test("an end does not wait for what has been open for too long", () => {
    for (const [command, outcome] of [
      [WRITE_OFF, "written_off"],
      [MARK_PAID, "recovered"],
    ] as const) {
      const deciding = opened();
      deciding.charge();
      deciding.charged({ kind: "accepted", paymentId: id("pay_2"), adopted: false });
      const open = { ...FAILED, paymentId: id("pay_2"), status: "processing", declineCode: null };
      deciding.command(WRITE_OFF);
      expect(deciding.recovery.closing).not.toBeNull();
      deciding.followUntilAsked([FAILED, { ...open, attemptKey: "pay_1.2" as never }]);
      expect(refusalOf(deciding.recovery, PAUSE)).toMatchObject({ code: "not_now" });
      expect(refusalOf(deciding.recovery, RETRY)).toMatchObject({ code: "not_now" });
      deciding.command(command);
      expect(deciding.recovery.ended).toMatchObject([{ outcome, by: "operator", who: "anna" }]);
    }
  });

  test("resume reads Dodo anew where an opening was unclear, each failure by itself if it says so", () => {
    const unclear = (): Deciding => {
      const deciding = new Deciding();
      const other = { ...FAILED, paymentId: id("pay_2"), totalMinor: 700 };
      deciding.open([FAILED, other]);
      expect(deciding.recovery.attention).toMatchObject([{ cause: "several_failures" }]);
      return deciding;
    };
    const [plain, separate] = [unclear(), unclear()];
    plain.command(RESUME);
    expect(plain.recovery.opening).toMatchObject({ reads: 0, areSeparate: false });
    separate.command({ ...RESUME, newDebt: true } as Command);
    expect(separate.recovery.opening).toMatchObject({ reads: 0, areSeparate: true });
    separate.read([FAILED]);
    separate.command(PAUSE);
    separate.command(RESUME);
    expect(separate.recovery.opening).toMatchObject({ areSeparate: true });
  });
});

describe("what holds a recovery", () => {
  test("a pause and a question each hold it: its window runs again when both are gone", () => {
    const deciding = SITUATIONS["asked about, by a fault of the merchant's"]();
    const stopped = deciding.recovery.windowStoppedAt;
    expect(stopped).not.toBeNull();
    deciding.command(PAUSE);
    deciding.now += HOUR_MS;
    deciding.command(RESUME);
    expect(deciding.recovery).toMatchObject({ paused: null, windowStoppedAt: stopped });
    const before = deciding.recovery.windowEndsAt ?? 0;
    deciding.command(RESUME);
    expect(deciding.recovery).toMatchObject({ attention: [], windowStoppedAt: null });
    expect(deciding.recovery.windowEndsAt).toBe(before + deciding.now - (stopped ?? 0));
  });

  test("a question that answers itself leaves the others, for which the window stands still", () => {
    const causes = (): string[] => deciding.recovery.attention.map(({ cause }) => cause);
    const attempt: Payment = {
      ...FAILED,
      paymentId: id("pay_2"),
      attemptKey: "pay_1.2" as never,
    };
    const deciding = opened();
    deciding.charge();
    deciding.charged({ kind: "accepted", paymentId: attempt.paymentId, adopted: false });
    deciding.followUntilAsked([FAILED, { ...attempt, status: "processing", declineCode: null }]);
    deciding.tell(paymentReported({ ...FAILED, paymentId: id("pay_3"), totalMinor: 700 }));
    expect(causes()).toEqual(["outcome_deadline", "second_debt"]);
    const { windowStoppedAt } = deciding.recovery;
    deciding.tell(paymentReported(attempt));
    expect(causes()).toEqual(["second_debt"]);
    expect(deciding.recovery.alertsSent).toEqual([{ cause: "second_debt", debtId: "pay_3" }]);
    expect(windowStoppedAt).not.toBeNull();
    expect(deciding.recovery.windowStoppedAt).toBe(windowStoppedAt);
  });

  test("ten questions are kept, the latest of them", () => {
    const deciding = opened();
    for (let number = 2; number <= 14; number += 1) {
      deciding.tell(
        paymentReported({ ...FAILED, paymentId: id(`pay_${number}`), totalMinor: 100 * number }),
      );
    }
    expect(deciding.recovery.attention).toHaveLength(10);
    expect(deciding.recovery.attention.at(-1)).toMatchObject({ debtId: "pay_14" });
  });
});
