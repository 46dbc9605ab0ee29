import { describe, expect, test } from "vitest";
import { refusalOf } from "../../../domain/commands.ts";
import type { Command } from "../../../domain/state/command.ts";
import {
  MARK_PAID,
  PAUSE,
  RESUME,
  RETRY,
  WRITE_OFF,
} from "../../support/domain/operator-commands.ts";
import { ACCEPTED } from "../charging.ts";
import { opened, PAGE, RETRY_ABSENT, type Situation, SITUATIONS, STOP } from "./situations.ts";

const OK = "accepted";

describe.each<[Situation, Partial<Record<string, string>>]>([
  [
    "that has not read Dodo yet",
    {
      pause: OK,
      resume: "not_applicable: the recovery is neither paused nor waiting for an answer",
      retry_now: "not_now: the debt has not been read yet; try again in a moment",
      mark_paid: "not_now: the debt has not been read yet; try again in a moment",
      write_off: OK,
      create_payment_link: "not_now: the debt has not been read yet; try again in a moment",
      stop_reminders: "not_now: the debt has not been read yet; try again in a moment",
    },
  ],
  [
    "that waits for its attempt",
    {
      pause: OK,
      resume: "not_applicable: the recovery is neither paused nor waiting for an answer",
      retry_now: OK,
      mark_paid: OK,
      write_off: OK,
      create_payment_link: OK,
      stop_reminders: OK,
    },
  ],
  [
    "that is paused",
    {
      pause: "not_applicable: the recovery is already paused",
      resume: OK,
      retry_now: "not_now: paused by anna; resume it first",
    },
  ],
  [
    "that is over",
    {
      pause: "nothing_owed: this recovery has no open debt",
      resume: "nothing_owed: this recovery has no open debt",
      retry_now: "nothing_owed: this recovery has no open debt",
      mark_paid: "nothing_owed: this recovery has no open debt",
      write_off: "nothing_owed: this recovery has no open debt",
      create_payment_link: "nothing_owed: nothing is owed",
      stop_reminders: "nothing_owed: nothing is owed",
    },
  ],
  [
    "that is paid, with the subscription still on hold",
    {
      retry_now: "nothing_owed: the debt is already paid",
      mark_paid: "nothing_owed: the debt is already paid",
      write_off: "nothing_owed: the debt is already paid",
      create_payment_link: "nothing_owed: nothing is owed",
    },
  ],
  [
    "with a charge in flight",
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
    "with a charge of unknown outcome",
    {
      retry_now:
        "being_processed: attempt 2 may have happened; if it is not in Dodo, retry with `confirmed_absent` (in Temporal `confirmedAbsent`)",
      retry_now_absent: OK,
      create_payment_link: "being_processed: a payment is being processed",
    },
  ],
  [
    "that ends once the charge in flight has ended",
    {
      pause: "not_now: the debt is ending already: written off by anna",
      resume: "not_now: the debt is ending already: written off by anna",
      retry_now: "not_now: the debt is ending already: written off by anna",
      mark_paid: "not_now: the debt is ending already: written off by anna",
      write_off: "not_now: the debt is ending already: written off by anna",
      create_payment_link: "nothing_owed: written off by anna",
      stop_reminders: "nothing_owed: written off by anna",
    },
  ],
  [
    "with an open payment page",
    {
      retry_now: "being_processed: the customer has an open payment page",
      create_payment_link: OK,
    },
  ],
  [
    "with an open payment",
    {
      retry_now: "being_processed: a payment of this subscription is open",
      create_payment_link: "being_processed: a payment is being processed",
    },
  ],
  [
    "of a debt in another currency",
    { retry_now: "not_applicable: only the customer can pay this debt" },
  ],
  [
    "of a subscription with a scheduled cancellation",
    { retry_now: "not_applicable: a cancellation is scheduled", create_payment_link: OK },
  ],
  ["of a paused subscription", { retry_now: "not_applicable: the subscription is paused" }],
  [
    "of a subscription without a status",
    { retry_now: "not_applicable: the subscription is without a status" },
  ],
  [
    "with a blocked card",
    {
      retry_now: "method_blocked: this card must not be charged again (last decline: STOLEN_CARD)",
    },
  ],
  [
    "that asks about a payment made elsewhere",
    {
      resume: OK,
      retry_now:
        "not_now: a question is open; resume, mark as paid or write off first: A payment of this subscription succeeded that Reprise did not make.",
      mark_paid: OK,
      create_payment_link: "not_now: the recovery waits for the operator",
    },
  ],
  [
    "that asks about a decline on the merchant's side",
    { resume: OK, retry_now: OK, create_payment_link: OK },
  ],
])("a recovery %s", (situation, expected) => {
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

describe("a command that has to wait names what is in the way:", () => {
  test.each<[Situation, Command, object]>([
    ["with a charge in flight", RETRY, { attempt: "pay_1.2", paymentId: null }],
    ["with a charge in flight", PAGE, { attempt: "pay_1.2", paymentId: null }],
    ["with a charge of unknown outcome", RETRY, { attempt: "pay_1.2", paymentId: null }],
    [
      "that ends once the charge in flight has ended",
      WRITE_OFF,
      { attempt: "pay_1.2", paymentId: null },
    ],
    ["with an open payment page", RETRY, { attempt: null, paymentId: null }],
    ["with an open payment", RETRY, { attempt: null, paymentId: "pay_2" }],
    ["with an open payment", PAGE, { attempt: null, paymentId: "pay_2" }],
  ])("a recovery %s, %j", (situation, command, inTheWay) => {
    const { recovery } = SITUATIONS[situation]();
    expect(refusalOf(recovery, command)).toMatchObject({ inTheWay });
  });

  test("an accepted charge has a payment too", () => {
    const driver = SITUATIONS["with a charge in flight"]();
    driver.finishCharge(ACCEPTED);
    expect(refusalOf(driver.recovery, RETRY)).toMatchObject({
      inTheWay: { attempt: "pay_1.2", paymentId: "pay_2" },
    });
  });

  test("a command that does not apply anyway names nothing", () => {
    const { recovery } = SITUATIONS["with a charge in flight"]();
    expect(refusalOf(recovery, RESUME)).not.toHaveProperty("inTheWay");
  });
});

describe("a link in an email", () => {
  test("works for its own debt and is refused for another", () => {
    const { recovery } = opened();
    expect(refusalOf(recovery, { ...PAGE, debtId: "pay_1" } as Command)).toBeNull();
    expect(refusalOf(recovery, { ...PAGE, debtId: "pay_9" } as Command)).toEqual({
      code: "stale_link",
      reason: "this link is for another debt",
    });
  });
});
