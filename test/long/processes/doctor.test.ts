import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RIGHTS } from "../../../cli/doctor/account/rights.ts";
import { CHECKS } from "../../../cli/doctor/examine.ts";
import { DODO_ROUTES } from "../../../dodo/port.ts";
import type { SettingsPatch } from "../../../sandbox/settings.ts";
import { builtFile } from "../../support/build.ts";
import { commandsOf } from "../../support/documents.ts";
import { differencesFromSchema } from "../../support/json-schema.ts";
import {
  ALL_TYPES,
  doctor,
  type DoctorReport,
  type DoctorStack,
  failedIn,
  lineOf,
  setRetention,
  startDoctorStack,
  type Variables,
} from "../../support/system/doctor-stack.ts";
import { uniqueTaskQueue } from "../../support/temporal/connection.ts";
import { until } from "../../support/until.ts";

let processes: DoctorStack;

beforeAll(async () => {
  processes = await startDoctorStack();
});

afterAll(async () => {
  await processes.close();
});

/** Runs the compiled command, as an operator does. */
async function doctorProcess(
  env: Variables,
): Promise<{ readonly code: number; readonly report: DoctorReport }> {
  return await new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [builtFile("cli/main.js"), "doctor", "--json", "--timeout", "30s"],
      { cwd: processes.folder, env: { PATH: process.env["PATH"] ?? "", ...env } },
      (error, out, err) => {
        const code = error === null ? 0 : Number(error.code);
        if (out === "") reject(new Error(err));
        else resolve({ code, report: JSON.parse(out) as DoctorReport });
      },
    );
  });
}

async function paymentsAtDodo(): Promise<unknown> {
  const { url, apiKey } = processes.stack.sandbox;
  const headers = { authorization: `Bearer ${apiKey}` };
  const answer = await fetch(`${url}/payments`, { headers });
  return ((await answer.json()) as { items: unknown }).items;
}

const settings = (patch: SettingsPatch, undo: SettingsPatch): Breaking => ({
  run: async () => {
    await processes.stack.sandbox.control.setSettings(patch);
    return {};
  },
  undo: async () => {
    await processes.stack.sandbox.control.setSettings(undo);
  },
});

const env = (variables: () => Variables): Breaking => ({
  run: async () => await Promise.resolve(variables()),
});

type Breaking = {
  /** @returns variables that differ */
  readonly run: () => Promise<Variables>;
  readonly undo?: () => Promise<void>;
};

type BrokenSetUp = {
  /** The line that fails, and no other does. */
  readonly fails: string;
  readonly says: RegExp;
  readonly mend: RegExp;
  readonly breaking: Breaking;
};

const SCHEDULE = "reprise-reconciliation";
const ATTRIBUTE = "ChargeUnknownSince";

const BROKEN: Readonly<Record<string, BrokenSetUp>> = {
  "a wrong API key": {
    fails: "dodo.key",
    says: /does not know it in test_mode \(UNAUTHORIZED\)/,
    mend: /Create one in Dodo's dashboard/,
    breaking: env(() => ({ DODO_PAYMENTS_API_KEY: "dodo_test_of_nobody" })),
  },
  "a live key in test mode": {
    fails: "dodo.mode",
    says: /begins with dodo_live_, and DODO_PAYMENTS_ENVIRONMENT is test_mode/,
    mend: /a key of test_mode/,
    breaking: env(() => ({ DODO_PAYMENTS_API_KEY: "dodo_live_of_somebody" })),
  },
  "a key without write rights": {
    fails: "dodo.rights",
    says: /refuses PATCH \/subscriptions\/\{subscription_id\}.*POST \/checkouts/,
    mend: /read and write access/,
    breaking: settings({ readOnlyKey: true }, { readOnlyKey: false }),
  },
  "an endpoint that lacks events": {
    fails: "dodo.events",
    says: /^Not selected: payment\.failed, dunning\.started, dunning\.recovered\.$/,
    mend: /Select them in Dodo's dashboard/,
    breaking: settings(
      {
        webhookTypes: ALL_TYPES.filter((type) => !/^dunning|payment\.failed/.test(type)),
      },
      { webhookTypes: [...ALL_TYPES] },
    ),
  },
  "an endpoint that points elsewhere": {
    fails: "dodo.endpoint",
    says: /sends no webhook to .*; it has https:\/\/elsewhere\.example\/hook/,
    mend: /Add http.* in Dodo's dashboard/,
    breaking: {
      run: async () => {
        await processes.stack.sandbox.control.setSettings({
          webhookUrl: "https://elsewhere.example/hook",
        });
        return {};
      },
      undo: async () => {
        const { sandbox, gatewayUrl } = processes.stack;
        await sandbox.control.setSettings({ webhookUrl: `${gatewayUrl}/webhooks/dodo` });
      },
    },
  },
  "a clock that is ten minutes off": {
    fails: "clock.dodo",
    says: /^This machine's clock is (59\d|60\d) s behind Dodo's\./,
    mend: /timedatectl set-ntp true/,
    breaking: settings({ clockOffsetMs: 600_000 }, { clockOffsetMs: 0 }),
  },
  "a namespace without a search attribute": {
    fails: "temporal.search_attributes",
    says: /^Missing: ChargeUnknownSince\./,
    mend: /^temporal operator search-attribute create --namespace \S+ --name ChargeUnknownSince --type Datetime$/,
    breaking: {
      run: async () => {
        const { namespace } = processes.client.options;
        await processes.environment.connection.operatorService.removeSearchAttributes({
          namespace,
          searchAttributes: [ATTRIBUTE],
        });
        await untilListed(false);
        return {};
      },
      undo: async () => {
        const { namespace } = processes.client.options;
        await processes.environment.connection.operatorService.addSearchAttributes({
          namespace,
          // Datetime.
          searchAttributes: { [ATTRIBUTE]: 6 },
        });
        await untilListed(true);
      },
    },
  },
  "a retention that is too short": {
    fails: "temporal.retention",
    says: /after 1 days?; the policy's window needs 44/,
    mend: /^temporal operator namespace update --namespace \S+ --retention 44d$/,
    breaking: {
      run: async () => {
        await setRetention(processes, "1d");
        return {};
      },
      undo: async () => {
        await setRetention(processes, "60d");
      },
    },
  },
  "a mail server that refuses the sender": {
    fails: "mail.sender",
    says: /refuses billing@shop\.example \(SMTP 550 5\.7\.1 at MAIL FROM\)/,
    mend: /Set EMAIL_FROM/,
    breaking: {
      run: async () => {
        processes.stack.inbox.refusals.sender = { status: 550, code: "5.7.1" };
        return await Promise.resolve({});
      },
      undo: async () => {
        delete processes.stack.inbox.refusals.sender;
        await Promise.resolve();
      },
    },
  },
  "a policy that contradicts itself": {
    fails: "set_up.policy",
    says: /RECOVERY_POLICY: quiet_end: must be shorter than window/,
    mend: /^reprise policy check \S+contradiction\.yaml$/,
    breaking: env(() => {
      const path = join(processes.folder, "contradiction.yaml");
      writeFileSync(path, "window: 2d\nquiet_end: 3d\nretry: { gaps: [1d] }\n");
      return { RECOVERY_POLICY: path };
    }),
  },
  "no worker": {
    fails: "temporal.pollers",
    says: /^No worker polls \S+, \S+-charges, \S+-dodo, \S+-webhooks:/,
    mend: /npm run start:worker$/,
    breaking: env(() => ({ TEMPORAL_TASK_QUEUE: uniqueTaskQueue() })),
  },
  "a paused schedule of the sweep": {
    fails: "temporal.schedule",
    says: /^It is paused/,
    mend: /^temporal schedule toggle --namespace \S+ --schedule-id reprise-reconciliation --unpause/,
    breaking: {
      run: async () => {
        await processes.client.schedule.getHandle(SCHEDULE).pause("for the test");
        return {};
      },
      undo: async () => {
        await processes.client.schedule.getHandle(SCHEDULE).unpause();
      },
    },
  },
};

async function untilListed(isListed: boolean): Promise<void> {
  const { namespace } = processes.client.options;
  const { operatorService } = processes.environment.connection;
  await until(
    async () => {
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
      return ATTRIBUTE in customAttributes === isListed;
    },
    { what: `${ATTRIBUTE} ${isListed ? "listed" : "gone"}` },
  );
}

describe("reprise doctor", () => {
  test("finds nothing that fails in a set-up that works, and sends nothing", async () => {
    const { stack } = processes;
    const { code, report } = await doctorProcess(processes.env);
    expect(report.checks.filter(({ status }) => status === "fail")).toEqual([]);
    expect([code, report.healthy, report.checks.length]).toEqual([0, true, CHECKS]);
    expect(differencesFromSchema("doctor", JSON.stringify(report))).toEqual([]);
    // The address of a test is on this machine, no payment has named the business, and nothing tells about fairness.
    const notOk = report.checks.filter(({ status }) => status !== "ok");
    expect(notOk.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "set_up.links warn",
      "dodo.business unknown",
      "temporal.fairness unknown",
      "temporal.web_ui unknown",
      "mail.test unknown",
    ]);
    expect(stack.inbox.mails).toEqual([]);
    expect(await paymentsAtDodo()).toEqual([]);
  });

  test("changes nothing: each request reads, or names an object that does not exist and is refused", async () => {
    const { control } = processes.stack.sandbox;
    const before = (await control.requests()).length;
    await doctor(processes.env);
    const made = (await control.requests()).slice(before);
    const writes = made.filter(({ method }) => method !== "GET");
    expect(writes).toHaveLength(RIGHTS.filter(({ route }) => !route.startsWith("GET")).length);
    for (const { path, method, status } of writes) {
      expect([method, path, status]).toEqual([method, path, 404]);
    }
    expect(await paymentsAtDodo()).toEqual([]);
  });

  test("sends the gateway an event that is nobody's: it is accepted, and no workflow starts", async () => {
    const { client } = processes;
    const query = 'WorkflowType != "reconciliationSweep"';
    await doctor(processes.env);
    expect((await client.workflow.count(query)).count).toBe(0);
  });

  test("tries every route of Dodo that Reprise calls", () => {
    const own = ["GET /webhooks", "GET /webhooks/{webhook_id}/secret", "other"];
    const tried = RIGHTS.map(({ route }) => route);
    expect([...tried, ...own].toSorted()).toEqual([...DODO_ROUTES].toSorted());
    for (const { route, harmless } of RIGHTS) {
      if (!route.startsWith("GET")) expect([route, harmless]).toEqual([route, "no_such_object"]);
    }
  });

  describe("names what is broken, how to mend it, and nothing else as failed", () => {
    test.each(Object.entries(BROKEN))("with %s", async (_name, { fails, says, mend, breaking }) => {
      const variables = await breaking.run();
      try {
        const { code, report } = await doctor({ ...processes.env, ...variables });
        expect(failedIn(report)).toEqual([fails]);
        expect([code, report.healthy]).toEqual([1, false]);
        const line = lineOf(report, fails);
        expect(line.detail).toMatch(says);
        expect(line.mend).toMatch(mend);
        expect(differencesFromSchema("doctor", JSON.stringify(report))).toEqual([]);
      } finally {
        await breaking.undo?.();
      }
    });
  });

  test("with the variables of one process says what it could not check, and fails nothing", async () => {
    const { gateway, worker } = processes.stack.env;
    const ofGateway = (await doctor(gateway)).report;
    expect(failedIn(ofGateway)).toEqual([]);
    for (const name of ["dodo.key", "dodo.rights", "dodo.endpoint", "clock.dodo", "mail.sender"]) {
      const { status, detail } = lineOf(ofGateway, name);
      expect([name, status]).toEqual([name, "unknown"]);
      expect(detail).toMatch(/(DODO_PAYMENTS_API_KEY|SMTP_URL) is not set here\./);
    }
    const ofWorker = (await doctor(worker)).report;
    expect(failedIn(ofWorker)).toEqual([]);
    for (const name of ["gateway.signature", "dodo.secret"]) {
      expect(lineOf(ofWorker, name)).toMatchObject({
        status: "unknown",
        detail: "DODO_PAYMENTS_WEBHOOK_KEY is not set here.",
      });
    }
  });

  test("sends one mail, only where it is asked to", async () => {
    const { inbox } = processes.stack;
    const before = inbox.mails.length;
    const { code, report } = await doctor(processes.env, [
      "--timeout",
      "30s",
      "--send-to",
      "anna@shop.example",
    ]);
    expect([code, lineOf(report, "mail.test").status]).toEqual([0, "ok"]);
    const sent = inbox.mails.slice(before);
    expect(sent.map(({ to, subject }) => [to, subject])).toEqual([
      ["anna@shop.example", "A test mail of Reprise"],
    ]);
  });

  const typed = commandsOf("docs/OPERATING.md").filter((line) => line.startsWith("reprise doctor"));

  test.each([...new Set(typed)])(
    "%s, as docs/OPERATING.md has it, ends with exit code 0",
    async (line) => {
      const args = line.split(" ").slice(2);
      expect((await doctor(processes.env, args)).code).toBe(0);
    },
  );

  test("never prints a secret", async () => {
    const secrets = ["DODO_PAYMENTS_API_KEY", "DODO_PAYMENTS_WEBHOOK_KEY", "LINK_SIGNING_KEYS"];
    const { report } = await doctor({
      ...processes.env,
      OUTGOING_WEBHOOK_URL: `${processes.stack.gatewayUrl}/secret-path`,
      OUTGOING_WEBHOOK_KEY: `whsec_${Buffer.alloc(32, 3).toString("base64")}`,
      OPERATOR_API_KEYS: "anna:a-secret-of-thirty-two-characters",
    });
    const printed = JSON.stringify(report);
    for (const name of secrets) expect(printed, name).not.toContain(processes.env[name]);
    for (const secret of ["secret-path", "a-secret-of", "whsec_"]) {
      expect(printed).not.toContain(secret);
    }
  });
});

test("reprise doctor without anything that answers ends, names what does not, and leaves the rest unknown", async () => {
  const { report, code } = await doctor(
    {
      ...processes.env,
      TEMPORAL_ADDRESS: "127.0.0.1:1",
      DODO_PAYMENTS_BASE_URL: "http://127.0.0.1:1",
      PUBLIC_URL: "http://127.0.0.1:1",
      SMTP_URL: "smtp://127.0.0.1:1",
    },
    ["--timeout", "3s"],
  );
  expect(code).toBe(1);
  expect(failedIn(report)).toEqual([
    "dodo.key",
    "gateway.ready",
    "gateway.signature",
    "temporal.connection",
    "mail.connection",
  ]);
});
