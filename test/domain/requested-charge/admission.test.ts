import { describe, expect, test } from "vitest";
import { chargeRequested, foreignPayment } from "../../../dev/model/events.ts";
import type { RequestedChargeStatus } from "../../../domain/state/requested-charge.ts";
import { Deciding, numberedCharge as request } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { DAY_0 } from "../../support/domain/scenario.ts";

const FAILED = foreignPayment(DAY_0, {
  paymentId: id("pay_1"),
  declineCode: "INSUFFICIENT_FUNDS",
});

/** What is told of charges by a decision: the last digit of each, and how it stands. */
const told = ({ effects }: ReturnType<Deciding["tell"]>): string[] =>
  effects.flatMap((effect) =>
    effect.kind === "report_charge_status" ? [standing(effect.status)] : [],
  );
const standing = ({ chargeId, state, refusal, outcome }: RequestedChargeStatus): string =>
  [chargeId.at(-1), state, refusal ?? outcome].filter((part) => part !== null).join(" ");

describe("a charge that is asked of us", () => {
  test("is read for at once, and told of only when it is known how it stands", () => {
    const deciding = new Deciding();
    const decision = deciding.tell(request(1, deciding.now));
    expect(decision.rule).toBe("requested_charge.received");
    expect(deciding.recovery.opening).not.toBeNull();
    expect(told(decision)).toEqual([]);
    expect(told(deciding.read([], { status: "active" }))).toEqual(["1 queued"]);
  });

  test("of a subscription that Dodo does not know is refused, and so are all of them", () => {
    const deciding = new Deciding();
    deciding.tell(request(1, deciding.now));
    deciding.tell(request(2, deciding.now));
    const decision = deciding.refuseRead("NOT_FOUND", 404);
    expect(told(decision)).toEqual([
      "1 refused subscription_not_found",
      "2 refused subscription_not_found",
    ]);
    expect(decision.reason).toContain("Dodo knows no such subscription");
    expect(deciding.recovery).toMatchObject({ chargeRequests: [], attention: [] });
  });

  test("waits where Dodo refuses to be read for another reason", () => {
    const deciding = new Deciding();
    deciding.tell(request(1, deciding.now));
    expect(told(deciding.refuseRead("UNAUTHORIZED", 401))).toEqual([]);
    expect(deciding.recovery.chargeRequests).toHaveLength(1);
  });

  test("is the twenty-first that waits: it is refused without a look, and the twenty stay", () => {
    const deciding = new Deciding();
    deciding.open([FAILED]);
    for (let number = 1; number <= 10; number += 1) deciding.tell(request(number, deciding.now));
    deciding.read([FAILED]);
    expect(deciding.recovery.queue).toHaveLength(10);
    for (let number = 11; number <= 20; number += 1) {
      expect(told(deciding.tell(request(number, deciding.now)))).toEqual([]);
    }
    const decision = deciding.tell(request(21, deciding.now));
    expect(told(decision)).toEqual(["5 refused too_many_debts"]);
    expect(decision.reason).toContain("20 debts of this subscription wait already");
    deciding.read([FAILED]);
    expect(deciding.recovery.queue).toHaveLength(20);
  });

  test("is told again how it stands when it is asked again, also beside others that change", () => {
    const deciding = new Deciding();
    deciding.open([FAILED]);
    const [first, second] = [request(1, deciding.now), request(2, deciding.now)];
    deciding.tell(first);
    const read = deciding.read([FAILED]);
    expect(read.reason).toContain("USD 29.00 is to be charged");
    expect(told(deciding.tell(first))).toEqual(["1 queued"]);
    deciding.tell(second);
    expect(deciding.recovery.chargeRequests.map(({ chargeId }) => chargeId.at(-1))).toEqual(["2"]);
    expect(told(deciding.tell(second))).toEqual([]);
  });

  test("that was refused is refused when it is asked again, and nothing is read", () => {
    const deciding = new Deciding();
    deciding.open([FAILED]);
    const euros = chargeRequested(deciding.now, { currency: "EUR" });
    deciding.tell(euros);
    deciding.read([FAILED]);
    const decision = deciding.tell(euros);
    expect(decision.rule).toBe("requested_charge.already_known");
    expect(told(decision)).toEqual(["a refused currency_mismatch"]);
    expect(decision.effects.filter(({ kind }) => kind === "read")).toEqual([]);
  });

  test("is charged when the debt before it has ended", () => {
    const deciding = new Deciding();
    deciding.open([FAILED]);
    deciding.tell(request(1, deciding.now));
    deciding.read([FAILED]);
    expect(told(deciding.command(WRITE_OFF))).toEqual(["1 charging"]);
  });
});
