import { describe, expect, test } from "vitest";
import { chargeRequested, unattributedPayment } from "../../../dev/model/events.ts";
import type { RequestedChargeStatus } from "../../../domain/state/requested-charge.ts";
import { Deciding, numberedCharge as request } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { DAY_0 } from "../../support/domain/scenario.ts";

const FAILED = unattributedPayment(DAY_0, {
  paymentId: id("pay_1"),
  declineCode: "INSUFFICIENT_FUNDS",
});

/** The statuses that a decision reports, each as the charge's last digit, its state, and its refusal or outcome. */
const reported = ({ effects }: ReturnType<Deciding["tell"]>): string[] =>
  effects.flatMap((effect) =>
    effect.kind === "report_charge_status" ? [describeStatus(effect.status)] : [],
  );
const describeStatus = ({ chargeId, state, refusal, outcome }: RequestedChargeStatus): string =>
  [chargeId.at(-1), state, refusal ?? outcome].filter((part) => part !== null).join(" ");

describe("a requested charge", () => {
  test("starts a read at once, and reports no status before it", () => {
    const deciding = new Deciding();
    const decision = deciding.tell(request(1, deciding.now));
    expect(decision.rule).toBe("requested_charge.received");
    expect(deciding.recovery.opening).not.toBeNull();
    expect(reported(decision)).toEqual([]);
    expect(reported(deciding.read([], { status: "active" }))).toEqual(["1 queued"]);
  });

  test("refuses every request for a subscription that Dodo does not know", () => {
    const deciding = new Deciding();
    deciding.tell(request(1, deciding.now));
    deciding.tell(request(2, deciding.now));
    const decision = deciding.refuseRead("NOT_FOUND", 404);
    expect(reported(decision)).toEqual([
      "1 refused subscription_not_found",
      "2 refused subscription_not_found",
    ]);
    expect(decision.reason).toContain("Dodo does not know this subscription");
    expect(deciding.recovery).toMatchObject({ chargeRequests: [], attention: [] });
  });

  test("keeps the request if Dodo refuses the read for another reason", () => {
    const deciding = new Deciding();
    deciding.tell(request(1, deciding.now));
    expect(reported(deciding.refuseRead("UNAUTHORIZED", 401))).toEqual([]);
    expect(deciding.recovery.chargeRequests).toHaveLength(1);
  });

  test("refuses the twenty-first debt without a read, and keeps the twenty", () => {
    const deciding = new Deciding();
    deciding.open([FAILED]);
    for (let number = 1; number <= 10; number += 1) deciding.tell(request(number, deciding.now));
    deciding.read([FAILED]);
    expect(deciding.recovery.queue).toHaveLength(10);
    for (let number = 11; number <= 20; number += 1) {
      expect(reported(deciding.tell(request(number, deciding.now)))).toEqual([]);
    }
    const decision = deciding.tell(request(21, deciding.now));
    expect(reported(decision)).toEqual(["5 refused too_many_debts"]);
    expect(decision.reason).toContain("20 debts of this subscription are already queued");
    deciding.read([FAILED]);
    expect(deciding.recovery.queue).toHaveLength(20);
  });

  test("reports the current status again when the request is repeated", () => {
    const deciding = new Deciding();
    deciding.open([FAILED]);
    const [first, second] = [request(1, deciding.now), request(2, deciding.now)];
    deciding.tell(first);
    const read = deciding.read([FAILED]);
    expect(read.reason).toContain("USD 29.00 will be charged");
    expect(reported(deciding.tell(first))).toEqual(["1 queued"]);
    deciding.tell(second);
    expect(deciding.recovery.chargeRequests.map(({ chargeId }) => chargeId.at(-1))).toEqual(["2"]);
    expect(reported(deciding.tell(second))).toEqual([]);
  });

  test("refuses a repeated request again, without a read", () => {
    const deciding = new Deciding();
    deciding.open([FAILED]);
    const euros = chargeRequested(deciding.now, { currency: "EUR" });
    deciding.tell(euros);
    deciding.read([FAILED]);
    const decision = deciding.tell(euros);
    expect(decision.rule).toBe("requested_charge.already_known");
    expect(reported(decision)).toEqual(["a refused currency_mismatch"]);
    expect(decision.effects.filter(({ kind }) => kind === "read")).toEqual([]);
  });

  test("charges once the debt before it has ended", () => {
    const deciding = new Deciding();
    deciding.open([FAILED]);
    deciding.tell(request(1, deciding.now));
    deciding.read([FAILED]);
    expect(reported(deciding.command(WRITE_OFF))).toEqual(["1 charging"]);
  });
});
