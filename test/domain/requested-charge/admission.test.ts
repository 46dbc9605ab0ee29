import { describe, expect, test } from "vitest";
import { chargeRequested, unattributedPayment } from "../../../dev/model/events.ts";
import { subscriptionStatus } from "../../../dodo/statuses.ts";
import type { RequestedChargeStatus } from "../../../domain/state/requested-charge.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { RecoveryDriver, numberedCharge as request } from "../../support/domain/recovery-driver.ts";
import { DAY_0 } from "../../support/domain/scenario.ts";

const FAILED = unattributedPayment(DAY_0, {
  paymentId: id("pay_1"),
  declineCode: "INSUFFICIENT_FUNDS",
});

/** The statuses that a decision reports, each as the charge's last digit, its state, and its refusal or outcome. */
const reported = ({ effects }: ReturnType<RecoveryDriver["receive"]>): string[] =>
  effects.flatMap((effect) =>
    effect.kind === "report_charge_status" ? [describeStatus(effect.status)] : [],
  );
const describeStatus = ({ chargeId, state, refusal, outcome }: RequestedChargeStatus): string =>
  [chargeId.at(-1), state, refusal ?? outcome].filter((part) => part !== null).join(" ");

describe("a requested charge", () => {
  test("starts a read at once, and reports no status before it", () => {
    const driver = new RecoveryDriver();
    const decision = driver.receive(request(1, driver.now));
    expect(decision.rule).toBe("requested_charge.received");
    expect(driver.recovery.opening).not.toBeNull();
    expect(reported(decision)).toEqual([]);
    expect(reported(driver.finishRead([], subscriptionStatus("active")))).toEqual(["1 queued"]);
  });

  test("refuses every request for a subscription that Dodo does not know", () => {
    const driver = new RecoveryDriver();
    driver.receive(request(1, driver.now));
    driver.receive(request(2, driver.now));
    const decision = driver.refuseRead("NOT_FOUND", 404);
    expect(reported(decision)).toEqual([
      "1 refused subscription_not_found",
      "2 refused subscription_not_found",
    ]);
    expect(decision.reason).toContain("Dodo does not know this subscription");
    expect(driver.recovery).toMatchObject({ chargeRequests: [], attention: [] });
  });

  test("keeps the request if Dodo refuses the read for another reason", () => {
    const driver = new RecoveryDriver();
    driver.receive(request(1, driver.now));
    expect(reported(driver.refuseRead("UNAUTHORIZED", 401))).toEqual([]);
    expect(driver.recovery.chargeRequests).toHaveLength(1);
  });

  test("refuses the twenty-first debt without a read, and keeps the twenty", () => {
    const driver = new RecoveryDriver();
    driver.open([FAILED]);
    for (let number = 1; number <= 10; number += 1) driver.receive(request(number, driver.now));
    driver.finishRead([FAILED]);
    expect(driver.recovery.queue).toHaveLength(10);
    for (let number = 11; number <= 20; number += 1) {
      expect(reported(driver.receive(request(number, driver.now)))).toEqual([]);
    }
    const decision = driver.receive(request(21, driver.now));
    expect(reported(decision)).toEqual(["5 refused too_many_debts"]);
    expect(decision.reason).toContain("20 debts of this subscription are already queued");
    driver.finishRead([FAILED]);
    expect(driver.recovery.queue).toHaveLength(20);
  });

  test("reports the current status again when the request is repeated", () => {
    const driver = new RecoveryDriver();
    driver.open([FAILED]);
    const [first, second] = [request(1, driver.now), request(2, driver.now)];
    driver.receive(first);
    const read = driver.finishRead([FAILED]);
    expect(read.reason).toContain("USD 29.00 will be charged");
    expect(reported(driver.receive(first))).toEqual(["1 queued"]);
    driver.receive(second);
    expect(driver.recovery.chargeRequests.map(({ chargeId }) => chargeId.at(-1))).toEqual(["2"]);
    expect(reported(driver.receive(second))).toEqual([]);
  });

  test("refuses a repeated request again, without a read", () => {
    const driver = new RecoveryDriver();
    driver.open([FAILED]);
    const euros = chargeRequested(driver.now, { currency: "EUR" });
    driver.receive(euros);
    driver.finishRead([FAILED]);
    const decision = driver.receive(euros);
    expect(decision.rule).toBe("requested_charge.already_known");
    expect(reported(decision)).toEqual(["a refused currency_mismatch"]);
    expect(decision.effects.filter(({ kind }) => kind === "read")).toEqual([]);
  });

  test("charges once the debt before it has ended", () => {
    const driver = new RecoveryDriver();
    driver.open([FAILED]);
    driver.receive(request(1, driver.now));
    driver.finishRead([FAILED]);
    expect(reported(driver.command(WRITE_OFF))).toEqual(["1 charging"]);
  });
});
