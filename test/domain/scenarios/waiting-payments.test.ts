import { describe, expect, test } from "vitest";
import { describeAlert } from "../../../domain/state/alert.ts";
import type { Command } from "../../../domain/state/command.ts";
import { RETRY, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { HOUR_MS, type Scenario, SECOND_MS } from "../../support/domain/scenario.ts";
import {
  alerts,
  attention,
  charges,
  failing,
  LINK,
  outcome,
  refuseReads,
  SUCCEED,
} from "./scenario.ts";

const CONFIRMED_DEAD = { ...RETRY, confirmedDead: true } as Command;
const TIMED_OUT = { kind: "decline", code: "AUTHENTICATION_TIMEOUT" } as const;

type Options = Parameters<typeof failing>[2];

/** Attempt 2, on day 3 at 13:10, is open in this status; the next ones succeed. */
const waiting = async (status: string, options: Options = {}): Promise<Scenario> =>
  await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status }], options);

const FOR_CUSTOMER = "requires_customer_action";
const FREE = { refusesWhilePending: false };

/** An hour after the operator was asked about the open payment, which is on day 6 at 20:21. */
async function pastDeadline(options: Options = FREE, status = FOR_CUSTOMER): Promise<Scenario> {
  const run = await waiting(status, options);
  await run.until(6, 9 * HOUR_MS);
  expect(attention(run)).toEqual(["outcome_deadline"]);
  return run;
}

const replyTo = async (run: Scenario, command: Command): Promise<unknown> => {
  const id = run.world.command(command);
  await run.timeline.run(run.timeline.now() + SECOND_MS);
  return run.world.replies.get(id);
};

const mailsOf = ({ world }: Scenario, kind: string): string[] =>
  world.mails.flatMap(({ key }) =>
    key.includes(`/${kind}.`) ? [key.split("/").at(-1) ?? ""] : [],
  );

describe("a charge that waits for the customer", () => {
  test("has the customer asked two hours after it was made and once again, and then the operator", async () => {
    const run = await waiting(FOR_CUSTOMER);
    await run.until(9);
    expect(run.transcript().filter((line) => /charge$|confirm|operator/.test(line))).toEqual([
      "day 3 13:10:00  charge",
      "day 3 15:10:00  mail confirm_payment.pay_2.first",
      "day 5 02:10:00  mail confirm_payment.pay_2.reminder",
      "day 6 20:21:00  operator outcome_deadline pay_2",
    ]);
  });

  test.each(["processing", "requires_capture", "a_new_status"])(
    "is not what a charge in %s does: the bank has it, and the customer is not asked",
    async (status) => {
      const run = await waiting(status);
      await run.until(9);
      expect(mailsOf(run, "confirm_payment")).toEqual([]);
      expect(await replyTo(run, CONFIRMED_DEAD)).toMatchObject({
        ok: false,
        code: "not_applicable",
      });
      expect(charges(run)).toBe(1);
    },
  );

  test("has no notice sent if the customer confirms it in time, and no reminder afterwards", async () => {
    const run = await waiting(FOR_CUSTOMER);
    await run.until(3, 3 * HOUR_MS);
    run.dodo.end("pay_2", SUCCEED);
    await run.untilOver();
    expect(mailsOf(run, "confirm_payment")).toEqual(["confirm_payment.pay_2.first"]);
    expect(outcome(run)).toBe("recovered");
  });

  test("leads the customer to its own page, and no other page is created while it is open", async () => {
    const run = await waiting(FOR_CUSTOMER);
    await run.until(4);
    const reply = await replyTo(run, LINK);
    expect(reply).toMatchObject({ ok: true, url: "https://checkout.example/pay_2" });
    expect(run.dodo.payments).toHaveLength(2);
  });

  test("continues with the schedule once it is declined", async () => {
    const run = await waiting(FOR_CUSTOMER);
    await run.until(4);
    run.dodo.end("pay_2", { kind: "decline", code: "INSUFFICIENT_FUNDS" });
    await run.untilOver();
    expect([charges(run), outcome(run)]).toEqual([2, "recovered"]);
  });
});

describe("a charge that waits for the merchant", () => {
  test.each(["requires_merchant_action", "requires_confirmation"])(
    "in %s has the operator asked once, and not the customer",
    async (status) => {
      const run = await waiting(status);
      await run.until(6);
      expect(alerts(run)).toEqual(["merchant_action_required"]);
      expect(mailsOf(run, "confirm_payment")).toEqual([]);
      expect(await replyTo(run, LINK)).toMatchObject({ ok: false, code: "being_processed" });
    },
  );

  test("can be confirmed to be dead, too", async () => {
    const run = await pastDeadline(FREE, "requires_merchant_action");
    expect(await replyTo(run, CONFIRMED_DEAD)).toMatchObject({ ok: true });
    run.dodo.end("pay_2", TIMED_OUT);
    await run.untilOver();
    expect([charges(run), outcome(run)]).toEqual([2, "recovered"]);
  });
});

describe("an operator who confirms that a waiting payment is dead", () => {
  test("is refused before the deadline, and where no payment waits", async () => {
    const run = await waiting(FOR_CUSTOMER, FREE);
    expect(await replyTo(run, CONFIRMED_DEAD)).toMatchObject({ ok: false, code: "not_applicable" });
    await run.until(4);
    expect(await replyTo(run, CONFIRMED_DEAD)).toMatchObject({ ok: false, code: "not_now" });
    expect(await replyTo(run, RETRY)).toMatchObject({ ok: false, code: "being_processed" });
  });

  test("has the next attempt charged at once, and the payment followed until it ends", async () => {
    const run = await pastDeadline();
    expect(await replyTo(run, CONFIRMED_DEAD)).toMatchObject({ ok: true });
    await run.until(8);
    expect(run.world.recovery).toMatchObject({
      state: "ended",
      releasedPayments: [{ paymentId: "pay_2", by: "anna" }],
    });
    expect(charges(run)).toBe(2);
    run.dodo.end("pay_2", TIMED_OUT);
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
  });

  test("has a payment that stays open followed to the end of the window, and no longer", async () => {
    const run = await pastDeadline();
    await replyTo(run, CONFIRMED_DEAD);
    await run.until(29);
    expect(run.world.isOpen).toBe(true);
    await run.until(32);
    expect(run.world.isOpen).toBe(false);
    expect(alerts(run)).toEqual(["outcome_deadline"]);
  });

  test("releases the payment for this debt only: the next debt waits while it is open", async () => {
    const run = await pastDeadline();
    expect(await replyTo(run, CONFIRMED_DEAD)).toMatchObject({ ok: true });
    await run.until(10);
    run.dodo.merchantCharges({ kind: "decline", code: "INSUFFICIENT_FUNDS" }, {}, 1_500);
    await run.until(20);
    expect(run.world.recovery).toMatchObject({
      debt: { id: "pay_4" },
      waitingPayment: { paymentId: "pay_2" },
      attention: [{ cause: "outcome_deadline", paymentId: "pay_2" }],
    });
    expect(charges(run)).toBe(2);
  });

  test("is told when the payment succeeds after the debt was paid", async () => {
    const run = await pastDeadline();
    await replyTo(run, CONFIRMED_DEAD);
    await run.until(12);
    run.dodo.end("pay_2", SUCCEED);
    await run.untilOver();
    expect(run.world.alerts.slice(1).map(describeAlert)).toEqual([
      "pay_2 succeeded although the debt was already paid",
    ]);
    expect(run.dodo.succeeded).toHaveLength(2);
  });

  test("is refused if the payment has been completed since: nothing is charged", async () => {
    const run = await pastDeadline();
    run.world.deliver = () => null;
    run.dodo.end("pay_2", SUCCEED);
    expect(await replyTo(run, CONFIRMED_DEAD)).toMatchObject({ ok: false, code: "nothing_owed" });
    await run.untilOver();
    expect([charges(run), outcome(run)]).toEqual([1, "recovered"]);
    expect(alerts(run)).toEqual(["outcome_deadline"]);
  });

  test("is refused if the bank processes the payment meanwhile: nothing is charged", async () => {
    const run = await pastDeadline();
    run.dodo.end("pay_2", { kind: "stay", status: "processing" });
    expect(await replyTo(run, CONFIRMED_DEAD)).toMatchObject({ ok: false, code: "not_applicable" });
    expect(charges(run)).toBe(1);
    run.dodo.end("pay_2", SUCCEED);
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
  });

  test("is not believed by a read that had started before", async () => {
    const run = await pastDeadline();
    // A webhook starts a read; the customer's bank has the payment before that read is answered.
    const list = run.dodo.listPayments.bind(run.dodo);
    run.dodo.listPayments = async (since) => {
      const rows = await list(since);
      await run.timeline.pass(20 * SECOND_MS);
      return rows;
    };
    run.dodo.setStatus("on_hold", "subscription.on_hold");
    await run.timeline.run(run.timeline.now() + 2 * SECOND_MS);
    const id = run.world.command(CONFIRMED_DEAD);
    await run.timeline.run(run.timeline.now() + SECOND_MS);
    run.dodo.end("pay_2", { kind: "stay", status: "processing" });
    await run.timeline.run(run.timeline.now() + HOUR_MS);
    expect(run.world.replies.get(id)).toMatchObject({ ok: false, code: "not_applicable" });
    expect(charges(run)).toBe(1);
  });

  test("waits while Dodo cannot be read: the charge follows the read", async () => {
    const run = await pastDeadline();
    refuseReads(run, HOUR_MS);
    const id = run.world.command(CONFIRMED_DEAD);
    await run.timeline.run(run.timeline.now() + HOUR_MS - SECOND_MS);
    expect([charges(run), run.world.replies.get(id)]).toEqual([1, undefined]);
    await run.until(8);
    expect([charges(run), run.world.replies.get(id)]).toEqual([2, { ok: true }]);
  });

  test("has nothing more sent after Dodo refused the charge, until that payment has ended", async () => {
    const run = await pastDeadline({});
    await replyTo(run, CONFIRMED_DEAD);
    await run.until(7, HOUR_MS);
    expect([charges(run), run.world.recovery?.state]).toEqual([2, "awaiting_customer"]);
    for (const command of [RETRY, CONFIRMED_DEAD]) {
      expect(await replyTo(run, command)).toMatchObject({ ok: false });
    }
    run.dodo.customerChangesMethod("pm_2", { kind: "decline", code: "INSUFFICIENT_FUNDS" });
    await run.until(20);
    expect(charges(run)).toBe(2);
    run.dodo.end("pay_2", { kind: "decline", code: "INSUFFICIENT_FUNDS" });
    await run.until(29);
    expect(charges(run)).toBe(3);
  });

  test("leads the customer to that payment's own page after Dodo refused the charge", async () => {
    const run = await pastDeadline({});
    await replyTo(run, CONFIRMED_DEAD);
    await run.until(8);
    expect(mailsOf(run, "action_needed")).toHaveLength(1);
    expect(await replyTo(run, LINK)).toMatchObject({ url: "https://checkout.example/pay_2" });
    run.dodo.end("pay_2", SUCCEED);
    await run.untilOver();
    expect([charges(run), outcome(run)]).toEqual([2, "recovered"]);
    expect(alerts(run)).toEqual(["outcome_deadline"]);
  });
});

test("a debt that is written off past the deadline has its waiting payment followed, and its success is told", async () => {
  const run = await pastDeadline();
  run.world.command(WRITE_OFF);
  await run.until(10);
  run.dodo.end("pay_2", SUCCEED);
  await run.untilOver();
  expect(outcome(run)).toBe("written_off");
  expect(run.world.alerts.slice(1).map(describeAlert)).toEqual([
    "pay_2 succeeded although the debt had already ended",
  ]);
});
