import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHECK_GROUPS } from "../../../cli/doctor/checks.ts";
import { clockFinding } from "../../../cli/doctor/account/clock.ts";
import { NODE_LOWEST } from "../../../cli/doctor/set-up/set-up.ts";
import { blocksOf, ROOT } from "../../support/documents.ts";
import {
  doctor,
  type DoctorStack,
  failedIn,
  lineOf,
  startDoctorStack,
  type Variables,
} from "../../support/system/doctor-stack.ts";
import { until } from "../../support/until.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";

let processes: DoctorStack;

beforeAll(async () => {
  processes = await startDoctorStack();
});

afterAll(async () => {
  await processes.close();
});

const withVariables = (variables: Variables): Variables => ({ ...processes.env, ...variables });

describe("a line of reprise doctor", () => {
  test("names an endpoint that is disabled at Dodo", async () => {
    const { control } = processes.stack.sandbox;
    await control.setSettings({ webhookDisabled: true });
    const { report } = await doctor(processes.env);
    await control.setSettings({ webhookDisabled: false });
    expect(failedIn(report)).toEqual(["dodo.endpoint"]);
    expect(lineOf(report, "dodo.endpoint").detail).toContain("is disabled at Dodo");
  });

  test("only warns where Dodo does not tell the events of the endpoint", async () => {
    const { control } = processes.stack.sandbox;
    const { webhookTypes } = await control.settings();
    await control.setSettings({ webhookTypes: null });
    const { code, report } = await doctor(processes.env);
    await control.setSettings({ webhookTypes });
    expect([code, lineOf(report, "dodo.events").status]).toEqual([0, "warn"]);
  });

  test("tells a wrong signing secret at Dodo from a gateway that runs with another one", async () => {
    const { control } = processes.stack.sandbox;
    const { webhookKey } = await control.settings();
    const other = `whsec_${Buffer.alloc(24, 5).toString("base64")}`;
    await control.setSettings({ webhookKey: other });
    const atDodo = await doctor(processes.env);
    expect(failedIn(atDodo.report)).toEqual(["dodo.secret"]);
    const here = await doctor(withVariables({ DODO_PAYMENTS_WEBHOOK_KEY: other }));
    await control.setSettings({ webhookKey });
    expect(failedIn(here.report)).toEqual(["gateway.signature"]);
    expect(lineOf(here.report, "gateway.signature").detail).toContain(
      "another DODO_PAYMENTS_WEBHOOK_KEY",
    );
  });

  test.each([
    ["MAIL FROM", "sender", { status: 550, code: "5.7.1" }, "fail"],
    ["RCPT TO, for the sender", "recipient", { status: 554, code: "5.7.1" }, "fail"],
    ["RCPT TO, for the operator's address", "recipient", { status: 550, code: "5.1.1" }, "warn"],
    ["RCPT TO, for now", "recipient", { status: 451 }, "unknown"],
  ] as const)(
    "understands a mail server that refuses at %s",
    async (_at, step, refusal, status) => {
      const { inbox } = processes.stack;
      inbox.refusals[step] = refusal;
      const { report } = await doctor(processes.env);
      delete inbox.refusals[step];
      expect(lineOf(report, "mail.sender")).toMatchObject({ status });
      expect(lineOf(report, "mail.connection")).toMatchObject({ status: "ok" });
      expect(inbox.mails).toEqual([]);
    },
  );

  test("signs in where SMTP_URL has a user, and names a sign-in that the server refuses", async () => {
    const { inbox } = processes.stack;
    const url = new URL(inbox.smtpUrl);
    url.username = "anna";
    url.password = "the-password";
    const variables = withVariables({ SMTP_URL: url.href });
    expect(lineOf((await doctor(variables)).report, "mail.sender").status).toBe("ok");
    inbox.refusals.sign_in = { status: 535, code: "5.7.8" };
    const { report } = await doctor(variables);
    delete inbox.refusals.sign_in;
    expect(failedIn(report)).toEqual(["mail.connection"]);
    expect(lineOf(report, "mail.connection").detail).toContain("SMTP 535 5.7.8 at sign-in");
    expect(JSON.stringify(report)).not.toContain("the-password");
  });

  test("warns while all charges are stopped, with the reason", async () => {
    const { stack, client } = processes;
    const name = `${stack.taskQueue}-charges`;
    const queue = { namespace: client.options.namespace, taskQueue: name, taskQueueType: 2 };
    const set = async (requestsPerSecond: number, reason: string): Promise<void> => {
      const updateQueueRateLimit = { rateLimit: { requestsPerSecond }, reason };
      await client.workflowService.updateTaskQueueConfig({
        ...queue,
        identity: "anna",
        updateQueueRateLimit,
      });
    };
    await set(0, "the bank is down");
    const { code, report } = await until(
      async () => {
        const found = await doctor(processes.env);
        return lineOf(found.report, "temporal.charging").status === "warn" ? found : null;
      },
      { what: "the stop in Temporal's answer" },
    );
    await set(60, "the bank is back");
    expect([code, lineOf(report, "temporal.charging")]).toMatchObject([
      0,
      { detail: "Stopped by anna: the bank is down", mend: "reprise charging resume" },
    ]);
  });

  test("names a workflow whose tasks fail, and links to lists in the Web UI", async () => {
    const { stack, client } = processes;
    const workflow = await client.workflow.start("aTypeOfNoRelease", {
      workflowId: "recovery-sub_stuck",
      taskQueue: stack.taskQueue,
    });
    const env = withVariables({ TEMPORAL_UI_URL: stack.gatewayUrl });
    const report = await until(
      async () => {
        const found = (await doctor(env)).report;
        return lineOf(found, "temporal.workflow_tasks").status === "fail" ? found : null;
      },
      { what: "the failing task" },
    );
    await workflow.terminate();
    expect(failedIn(report)).toEqual(["temporal.workflow_tasks"]);
    expect(lineOf(report, "temporal.workflow_tasks").detail).toContain("recovery-sub_stuck");
    expect(report.lists.map(({ name }) => name)).toEqual([
      "needs attention",
      "charge unknown",
      "due today",
    ]);
    for (const { query, url } of report.lists) {
      expect(new URL(url).searchParams.get("query")).toBe(query);
      expect((await client.workflow.count(query)).count).toBe(0);
    }
  });

  test("is unknown where Dodo hangs, and no other line waits for it", async () => {
    const { control } = processes.stack.sandbox;
    await control.addFault({ kind: "hang_before", ms: 60_000, times: 100 });
    const { report } = await doctor(processes.env, ["--timeout", "2s"]);
    await control.clearFaults();
    expect(failedIn(report)).toEqual(["dodo.key"]);
    for (const name of ["dodo.rights", "dodo.endpoint", "clock.dodo"]) {
      expect([name, lineOf(report, name).status]).toEqual([name, "unknown"]);
    }
    expect(lineOf(report, "temporal.pollers").status).toBe("ok");
  });

  test("names each wrong variable once, and checks all others", async () => {
    const { report } = await doctor(
      withVariables({ PORT: "many", LOG_LEVEL: "loud", OPERATOR_API_KEYS: "anna:short" }),
    );
    expect(failedIn(report)).toEqual(["set_up.variables", "set_up.operator_keys"]);
    expect(lineOf(report, "set_up.variables").detail).toMatch(
      /LOG_LEVEL: .*PORT: |PORT: .*LOG_LEVEL: /,
    );
    expect(lineOf(report, "dodo.rights").status).toBe("ok");
  });
});

test("every line of reprise doctor is in docs/OPERATING.md", () => {
  const text = readFileSync(join(ROOT, "docs/OPERATING.md"), "utf8");
  for (const { title, checks } of CHECK_GROUPS) {
    const rows = text.split("\n").filter((line) => line.startsWith(`| ${title} `));
    for (const { what } of checks) expect(rows.join("\n"), what).toContain(what);
  }
  expect(blocksOf("docs/OPERATING.md", "sh").join("\n")).toContain("reprise doctor");
});

test("the Node version that reprise doctor asks for is that of the package", () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly engines: { readonly node: string };
  };
  expect(engines.node).toBe(`>=${NODE_LOWEST.join(".")}`);
});

test.each([
  [0, "ok"],
  [-20_000, "ok"],
  [45_000, "warn"],
  [-45_000, "warn"],
  [600_000, "fail"],
  [-600_000, "fail"],
])("a clock that is %i ms apart is %s", (aheadMs, status) => {
  expect(clockFinding("Dodo's", aheadMs)).toMatchObject({ status });
});
