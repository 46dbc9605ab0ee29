import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { type Inbox, startInbox } from "../../../dev/local-stack/inbox.ts";
import { type Child, startProcess } from "../../../dev/process/child-process.ts";
import { freePort } from "../../../dev/process/ports.ts";
import { type Sandbox, startSandbox } from "../../../sandbox/sandbox.ts";
import { connectLedger } from "../../../ledger/database/connect.ts";
import { builtFile } from "../../support/build.ts";
import { WAIT_LIMIT_MS } from "../../support/limits.ts";
import { scriptedSubscription } from "../../support/system/failed-charge.ts";
import { until } from "../../support/until.ts";
import { WEBHOOK_KEY } from "../../support/webhooks.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const POLICY = `
retry: { gaps: [10s, 10s, 10s], transient_gap: 10s, align: none, settle: 4s, follow_up: [1s] }
notices: { first_soft: 60s, before_attempt: 0s, hard: [0s] }
opening_reread: 1s
unknown_tax: none
window: 300s
quiet_end: 5s
accept_risk: true
`;

let folder: string;
let sandbox: Sandbox;
let inbox: Inbox;
let port: number;
const children: Child[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "reprise-start-"));
  // As root, PostgreSQL runs as another user, who has to reach its data.
  chmodSync(folder, 0o755);
  port = await freePort("127.0.0.1");
  sandbox = await startSandbox({
    settings: {
      webhookUrl: `http://127.0.0.1:${port}/webhooks/dodo`,
      webhookKey: WEBHOOK_KEY,
      webhookRetryScale: 0.0005,
    },
  });
  inbox = await startInbox();
  writeFileSync(join(folder, "policy.yaml"), POLICY);
});

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop()));
  await sandbox.close();
  await inbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const data = (): string => join(folder, "data");
const output = (): string => readFileSync(join(folder, "start.log"), "utf8");

/** Runs `npm start` from the compiled code. */
function start(env: Record<string, string> = {}): Child {
  const file = {
    DODO_PAYMENTS_API_KEY: sandbox.apiKey,
    DODO_PAYMENTS_BASE_URL: sandbox.url,
    DODO_PAYMENTS_WEBHOOK_KEY: WEBHOOK_KEY,
    DODO_PAYMENTS_RATE_PER_MINUTE: "6000",
    SMTP_URL: inbox.smtpUrl,
    EMAIL_FROM: "billing@shop.example",
    RECOVERY_POLICY: join(folder, "policy.yaml"),
    PORT: String(port),
    ...env,
  };
  writeFileSync(
    join(folder, ".env"),
    Object.entries(file)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  writeFileSync(join(folder, "start.log"), "");
  const child = startProcess({
    command: process.execPath,
    args: [
      builtFile("dev/start/start.js"),
      "--settings",
      join(folder, ".env"),
      "--data",
      data(),
      "--free-ports",
    ],
    env: { TEMPORAL_CLI: inject("temporalCliPath"), HOME: folder },
    cwd: ROOT,
    logFile: join(folder, "start.log"),
  });
  children.push(child);
  return child;
}

async function ready(): Promise<void> {
  await until(() => output().includes("Ctrl-C stops it."), {
    what: "the start",
  });
}

/** The worker's log of the newest start. */
function workerLog(): string {
  const names = readdirSync(join(data(), "logs")).filter((name) => name.startsWith("worker-"));
  return readFileSync(join(data(), "logs", names.toSorted().at(-1) ?? ""), "utf8");
}

/** How many debts have ended, by the ledger that runs beside it. */
async function endedDebts(): Promise<number> {
  const url = readFileSync(join(data(), "database-url"), "utf8");
  const db = connectLedger({ url, connections: 1, statementTimeoutMs: 10_000, name: "test" });
  try {
    const rows = await db
      .selectFrom("debts")
      .select("debtId")
      .where("status", "=", "ended")
      .execute();
    return rows.length;
  } finally {
    await db.destroy();
  }
}

const filler = (): string => join(data(), "filler");

/** Takes all the room that is left, to the last page. */
function fillDisk(): void {
  for (const bytes of [65_536, 1_024]) {
    expect(() => {
      for (;;) appendFileSync(filler(), Buffer.alloc(bytes));
    }).toThrow("ENOSPC");
  }
}

const freeDisk = (): void => rmSync(filler());

/** @returns the id of a subscription whose charge has failed, and whose next one succeeds */
async function failedCharge(): Promise<string> {
  const outcomes = [{ decline: "INSUFFICIENT_FUNDS" }];
  const subscriptionId = await scriptedSubscription(sandbox.control, outcomes);
  await sandbox.control.charge(subscriptionId);
  return subscriptionId;
}

async function recovered(subscriptionId: string): Promise<void> {
  await until(async () => (await sandbox.control.ledgerOf(subscriptionId)).succeeded === 1, {
    what: "the recovery",
  });
}

describe("npm start", () => {
  test("continues recoveries of an earlier start, also under a newer Temporal", async () => {
    const first = start();
    await ready();
    const subscriptionId = await failedCharge();
    await until(
      async () =>
        (await sandbox.control.deliveries({ subscriptionId })).every(
          ({ state }) => state === "accepted",
        ),
      { what: "webhooks taken" },
    );
    await until(() => /"state":"waiting"/.test(workerLog()), { what: "a wait" });
    await first.stop(WAIT_LIMIT_MS);
    expect(await first.ended).toContain("exit code 0");
    expect(output()).toContain("Recoveries continue at the next start");
    await expect(endedDebts()).rejects.toThrow("ECONNREFUSED");
    // Pretends that an older Temporal made the first start.
    writeFileSync(join(data(), "temporal-version"), "1.8.0\n");
    start();
    await ready();
    expect(output()).toContain("Its database was copied to");
    expect(readdirSync(data()).some((name) => name.startsWith("temporal.db.1.8.0."))).toBe(true);
    expect(readFileSync(join(data(), "temporal-version"), "utf8")).not.toContain("1.8.0");
    await recovered(subscriptionId);
    await until(async () => (await endedDebts()) === 1, { what: "the debt in the ledger" });
  });

  test("runs without a ledger where PostgreSQL cannot be started, and says so", async () => {
    mkdirSync(data());
    writeFileSync(join(data(), "postgres"), "a file in its place");
    start();
    await ready();
    expect(output()).toContain("There is no ledger of reports: PostgreSQL could not be started.");
    expect(output()).toContain("set DATABASE_URL to a PostgreSQL of your own");
    await recovered(await failedCharge());
  });

  test("in live mode refuses the data of test mode with exit code 78, and names what to do", async () => {
    const first = start();
    await ready();
    await first.stop(WAIT_LIMIT_MS);
    const live = { DODO_PAYMENTS_ENVIRONMENT: "live_mode", PUBLIC_URL: "https://shop.example" };
    const second = start(live);
    const running = ready().then(() => "running");
    expect(await Promise.race([second.ended, running])).toContain("exit code 78");
    running.catch(() => undefined);
    expect(output()).toContain("belongs to test_mode, and DODO_PAYMENTS_ENVIRONMENT is live_mode");
    expect(output()).toContain("npm start -- --data data-live_mode");
    start();
    await ready();
  });

  test("on a full disk says what is wrong, ends on SIGTERM, refuses another start, and goes on once there is room", async ({
    skip,
  }) => {
    mkdirSync(data());
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=32m", "none", data()], { stdio: "ignore" });
    } catch {
      skip("only a privileged user may mount a small disk");
    }
    try {
      // Dodo's deliveries go on for longer than the disk is full.
      await sandbox.control.setSettings({ webhookRetryScale: 0.002 });
      const first = start();
      await ready();
      await until(() => output().includes("Less than 200 MB are free on the disk"), {
        what: "the warning",
      });
      fillDisk();
      const early = await failedCharge();
      await until(() => output().includes(`The disk of ${data()} is full (ENOSPC)`), {
        what: "the message about the disk",
      });
      expect(output()).toContain("Free some space; Reprise then continues by itself.");
      await until(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 503, {
        what: "503 of /readyz",
      });
      freeDisk();
      await until(() => output().includes(`${data()} can be written again`), {
        what: "the message about the room",
      });
      await recovered(early);
      fillDisk();
      const late = await failedCharge();
      await first.stop(WAIT_LIMIT_MS);
      expect(await first.ended).toContain("exit code 0");
      const files = readdirSync(data());
      expect(await start().ended).toContain("exit code 1");
      expect(output()).toMatch(/could not start: The disk of .* is full.*Free at least 8 MB/);
      expect(readdirSync(data())).toEqual(files);
      expect(readFileSync(join(data(), "temporal-version"), "utf8")).toMatch(/^\d+\.\d+/);
      freeDisk();
      const last = start();
      await ready();
      await recovered(late);
      await last.stop(WAIT_LIMIT_MS);
    } finally {
      await Promise.all(children.splice(0).map((child) => child.stop()));
      execFileSync("umount", ["--lazy", data()]);
    }
  });

  test("names at once every setting that either process misses", async () => {
    const given = { DODO_PAYMENTS_API_KEY: "", DODO_PAYMENTS_WEBHOOK_KEY: "", EMAIL_FROM: "" };
    expect(await start(given).ended).toContain("exit code 78");
    const named = output().match(/^configuration: \w+: required/gm);
    expect(named).toEqual(
      ["DODO_PAYMENTS_API_KEY", "EMAIL_FROM", "DODO_PAYMENTS_WEBHOOK_KEY"].map(
        (name) => `configuration: ${name}: required`,
      ),
    );
  });

  test("refuses a database that a newer Temporal wrote", async () => {
    const first = start();
    await ready();
    await first.stop(WAIT_LIMIT_MS);
    writeFileSync(join(data(), "temporal-version"), "99.0.0\n");
    expect(await start().ended).toContain("exit code 1");
    expect(output()).toMatch(/written by Temporal 99\.0\.0[\s\S]*Set TEMPORAL_CLI/);
  });

  test("runs in shadow mode in live_mode unless MODE=act is set, and warns about it", async () => {
    start({ DODO_PAYMENTS_ENVIRONMENT: "live_mode", PUBLIC_URL: "https://pay.shop.example" });
    await ready();
    expect(output()).toContain("SHADOW MODE (live_mode)");
    const { subscriptionId } = await sandbox.control.createSubscription({ onDemand: true });
    await sandbox.control.charge(subscriptionId, { outcome: { decline: "STOLEN_CARD" } });
    await until(() => /"rule":"notice.shadowed"/.test(workerLog()), {
      what: "a notice not sent",
    });
    expect(inbox.mails).toEqual([]);
    const requests = await sandbox.control.requests({ subscriptionId });
    expect(requests.filter(({ mutating }) => mutating)).toEqual([]);
  });

  test("says that Reprise works once Dodo, Temporal and the mail server were reached", async () => {
    start();
    await ready();
    expect(output()).toContain("Reprise works: Dodo, Temporal and the mail server were reached.");
    expect(output()).toContain("workflows?query=%60WorkflowType%60%3D%22subscriptionRecovery%22");
  });

  test("names Dodo and the mail server where they were not reached, and runs", async () => {
    const closed = await freePort("127.0.0.1");
    start({
      DODO_PAYMENTS_BASE_URL: `http://127.0.0.1:${closed}`,
      SMTP_URL: `smtp://shop:the-password@127.0.0.1:${closed}`,
    });
    await ready();
    expect(output()).not.toContain("Reprise works");
    expect(output()).toMatch(/does not work yet:\n {2}- Dodo cannot be reached \(/);
    expect(output()).toContain(
      `- The mail server 127.0.0.1:${closed} did not accept a connection (ECONNREFUSED)`,
    );
    expect(output()).not.toContain("the-password");
  });

  test("acts in live_mode with MODE=act, and warns about it", async () => {
    start({
      DODO_PAYMENTS_ENVIRONMENT: "live_mode",
      PUBLIC_URL: "https://pay.shop.example",
      MODE: "act",
    });
    await ready();
    expect(output()).toContain("LIVE MODE: real cards are charged");
  });
});

describe("a start that fails says what to do", () => {
  test("if there is no .env file", async () => {
    const child = startProcess({
      command: process.execPath,
      args: [builtFile("dev/start/start.js"), "--settings", join(folder, "none")],
      cwd: ROOT,
      logFile: join(folder, "start.log"),
    });
    expect(await child.ended).toContain("exit code 78");
    expect(output()).toContain("Copy .env.example to");
  });

  test("if Dodo does not accept the API key", async () => {
    expect(await start({ DODO_PAYMENTS_API_KEY: "dodo_live_other" }).ended).toContain(
      "exit code 78",
    );
    expect(output()).toMatch(
      /does not accept this API key in test_mode[\s\S]*DODO_PAYMENTS_ENVIRONMENT/,
    );
    expect(output()).not.toContain("dodo_live_other");
  });

  test("if the policy contradicts itself", async () => {
    writeFileSync(join(folder, "policy.yaml"), "retry: { gaps: [20d, 20d] }");
    expect(await start().ended).toContain("exit code 78");
    expect(output()).toContain(
      "RECOVERY_POLICY: retry.gaps: must add up to at most window minus quiet_end",
    );
  });

  test("if the port is in use", async () => {
    const taken = await new Promise<Server>((resolve) => {
      const server = createServer().listen(port, "127.0.0.1", () => resolve(server));
    });
    expect(await start().ended).toContain("exit code 1");
    expect(output()).toMatch(new RegExp(`port ${port}[\\s\\S]*choose another port`));
    await new Promise((resolve) => taken.close(resolve));
  });

  test("if no Temporal CLI is found: it names all five sources", async () => {
    const child = startProcess({
      command: process.execPath,
      args: [builtFile("dev/demo/demo.js"), "--once"],
      env: { PATH: "/nowhere", HOME: folder, PIP_INDEX_URL: "http://127.0.0.1:1" },
      cwd: ROOT,
      logFile: join(folder, "start.log"),
    });
    expect(await child.ended).toContain("exit code 1");
    for (const source of ["TEMPORAL_CLI", "PATH", "cache", "download", "pip"])
      expect(output()).toContain(source);
  });
});
