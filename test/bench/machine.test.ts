import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { statusOf } from "../../bench/load/http-load.ts";
import { paymentWebhook } from "../../bench/load/webhooks.ts";
import { actionsIn } from "../../bench/machine/actions.ts";
import { coreTimeOf, partsBetween } from "../../bench/machine/machine.ts";
import { cpuTicksOf } from "../../bench/machine/process-usage.ts";
import { usedBytesOf } from "../../bench/machine/sqlite-size.ts";
import { punctualityOf } from "../../bench/paths/punctuality.ts";
import { planOf } from "../../bench/sides/plan-of.ts";
import { ROOT } from "../support/documents.ts";

describe("what the benchmark reads of the machine", () => {
  test("is the CPU time of a process, whatever its name", () => {
    const rest = "S 1 2 3 4 5 6 7 8 9 10 111 222 33 44 20 0 1 0 5";
    expect(cpuTicksOf(`42 (node (a) b) ${rest}`)).toBe(333);
    expect(() => cpuTicksOf("42 (node) S")).toThrow("not a /proc/PID/stat");
  });

  test("is the steal between two readings", () => {
    const before = coreTimeOf("cpu  100 0 100 700 0 0 0 100 0 0\ncpu0 1 1 1 1\n");
    const after = coreTimeOf("cpu  200 0 200 1400 0 0 0 200 0 0\n");
    expect(partsBetween(before, after)).toEqual({ steal: 0.1, idle: 0.7 });
    expect(partsBetween(null, after)).toBeNull();
  });

  test("is the number of Actions in one namespace", () => {
    const exposition = [
      "# TYPE action counter",
      'action{action_type="grpc_SignalWorkflowExecution",namespace="default"} 3',
      'action{action_type="command_StartTimer",namespace="default"} 4',
      'action{action_type="grpc_StartWorkflowExecution",namespace="temporal_system"} 9',
      'service_actions{namespace="default"} 100',
    ].join("\n");
    expect(actionsIn(exposition, "default")).toBe(7);
  });

  test("is the size of a database without its free pages", () => {
    const header = Buffer.alloc(100);
    header.write("SQLite format 3\0", "latin1");
    header.writeUInt16BE(4_096, 16);
    header.writeUInt32BE(10, 28);
    header.writeUInt32BE(3, 36);
    expect(usedBytesOf(header)).toBe(7 * 4_096);
    expect(() => usedBytesOf(Buffer.alloc(100))).toThrow("not an SQLite file");
  });
});

describe("the load of the benchmark", () => {
  test("waits for the whole answer before it takes the status", () => {
    const head = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\n";
    expect(statusOf(head.slice(0, 20))).toBeNull();
    expect(statusOf(`${head}{"a`)).toBeNull();
    expect(statusOf(`${head}{"a"`)).toBe(503);
    expect(() => statusOf("HTTP/1.1 200 OK\r\n\r\n")).toThrow("without a length");
  });

  test("sends webhooks of the size of Dodo's", () => {
    const bytes = Buffer.byteLength(paymentWebhook("payment.failed", "pay_1", "sub_1"));
    expect(bytes).toBeGreaterThan(2_000);
    expect(bytes).toBeLessThan(3_000);
  });
});

describe("the punctuality of a herd", () => {
  const starts = (count: number): number[] =>
    Array.from({ length: count }, (_, at) => (at + 1) * 100);

  test("is on time where attempt k starts by k ÷ rate", () => {
    const found = punctualityOf(
      1_000,
      starts(100).map((at) => at + 1_000),
    );
    expect(found.rate).toBeCloseTo(10);
    expect(found.lastS).toBeCloseTo(10);
    expect(found.lateS).toBeCloseTo(0);
  });

  test("shows one that starts far behind the others", () => {
    const found = punctualityOf(0, [...starts(99), 19_500]);
    expect(found.lateS).toBeCloseTo(9.5);
  });
});

describe("the plan of the hand-written recovery", () => {
  const get = (receivedAt: number, path: string) => ({
    method: "GET",
    path,
    receivedAt,
    mutating: false,
  });
  const post = (receivedAt: number) => ({
    method: "POST",
    path: "/subscriptions/sub_a/charge",
    receivedAt,
    mutating: true,
  });
  const mail = (at: number) => ({ at: new Date(at).toISOString() });
  const requests = [
    get(1_100, "/subscriptions/sub_a"),
    get(1_110, "/payments?subscription_id=sub_a&page_number=0"),
    get(3_000, "/payments/pay_b"),
    get(9_000, "/payments?customer_id=cus_c"),
    post(9_020),
    get(9_050, "/subscriptions/sub_a"),
  ];

  test("has the calls, charges and mails of the product, step by step", () => {
    const mails = [mail(3_050), mail(9_100)];
    expect(planOf({ openedAt: 1_000, requests, mails })).toEqual({
      steps: [
        {
          atMs: 100,
          reads: [
            "/subscriptions/:subscriptionId",
            "/payments?subscription_id=:subscriptionId&page_number=0",
          ],
          charges: false,
          mails: false,
        },
        { atMs: 2_000, reads: ["/payments/:paymentId"], charges: false, mails: true },
        { atMs: 8_000, reads: ["/payments?customer_id=:customerId"], charges: true, mails: false },
      ],
      afterSuccess: ["/subscriptions/:subscriptionId"],
    });
  });

  test("is refused where a mail came so late that it followed the last charge", () => {
    const mails = [mail(9_060), mail(9_100)];
    expect(() => planOf({ openedAt: 1_000, requests, mails })).toThrow("came together");
  });

  test("is carried out by at most 150 lines of workflow and activities", () => {
    const lines = ["workflow.ts", "activities.ts"].flatMap((name) =>
      readFileSync(join(ROOT, "bench/floors/recovery", name), "utf8")
        .trim()
        .split("\n"),
    );
    expect(lines.length).toBeLessThanOrEqual(150);
  });
});
