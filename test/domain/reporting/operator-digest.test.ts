import { describe, expect, test } from "vitest";
import {
  addReport,
  EMPTY_DIGEST,
  type OperatorReport,
} from "../../../domain/reporting/operator-digest.ts";
import type { Alert } from "../../../domain/state/alert.ts";
import { parseSubscriptionId } from "../../../domain/values/ids.ts";

const refused = (code: string): Alert => ({ cause: "refused_request", request: "read", code });

const report = (given: Partial<OperatorReport> = {}): OperatorReport => ({
  subscriptionId: parseSubscriptionId("sub_1"),
  workflowId: "recovery-sub_1",
  alert: refused("NOPE"),
  at: Date.UTC(2026, 10, 1),
  ...given,
});

const of = (...reports: OperatorReport[]): typeof EMPTY_DIGEST =>
  reports.reduce(addReport, EMPTY_DIGEST);

describe("the digest for one mail to the operator", () => {
  test("is empty at first", () => {
    expect(EMPTY_DIGEST).toEqual({ count: 0, reports: [] });
  });

  test("lists the reports in order", () => {
    const [first, second] = [report(), report({ workflowId: "recovery-sub_2" })];
    expect(of(first, second)).toEqual({ count: 2, reports: [first, second] });
  });

  test("lists a repeated alert of the same recovery once", () => {
    const [first, other] = [report(), report({ alert: refused("OTHER") })];
    const again = report({ at: first.at + 1 });
    expect(of(first, other, again)).toEqual({ count: 2, reports: [first, other] });
    const elsewhere = report({ workflowId: "recovery-sub_2" });
    expect(of(first, elsewhere)).toEqual({ count: 2, reports: [first, elsewhere] });
  });

  test("lists an alert once whose text for people or request id alone has changed", () => {
    const texts: readonly [Alert, Alert][] = [
      [
        { cause: "charge_blocked", why: "payment_exists", detail: "pay_1 is processing" },
        { cause: "charge_blocked", why: "payment_exists", detail: "pay_2 is processing" },
      ],
      [
        { cause: "account_refused", said: "UNAUTHORIZED (HTTP 401, request req_1)" },
        { cause: "account_refused", said: "UNAUTHORIZED (HTTP 401, request req_2)" },
      ],
      [
        { ...refused("NOPE"), httpStatus: 404, requestId: "req_1" } as Alert,
        { ...refused("NOPE"), httpStatus: 404, requestId: "req_2" } as Alert,
      ],
    ];
    for (const [alert, again] of texts)
      expect(of(report({ alert }), report({ alert: again })).count).toBe(1);
    const blocked = (why: "payment_exists" | "status_changed"): OperatorReport =>
      report({ alert: { cause: "charge_blocked", why, detail: "the same text" } });
    expect(of(blocked("payment_exists"), blocked("status_changed")).count).toBe(2);
  });

  test("lists twenty reports, and counts the others", () => {
    const reports = Array.from({ length: 25 }, (_, index) =>
      report({ alert: refused(`${index}`) }),
    );
    expect(of(...reports)).toEqual({ count: 25, reports: reports.slice(0, 20) });
  });
});
