import { Connection } from "@temporalio/client";
import { tsToMs } from "@temporalio/common/lib/time.js";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { startProcess } from "../../dev/process/child-process.ts";
import { freePort } from "../../dev/process/ports.ts";
import type { TemporalCli } from "../../dev/temporal/cli.ts";
import { SEARCH_ATTRIBUTES, startTemporal } from "../../dev/temporal/server.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import { until, withTimeEnough } from "../support/until.ts";
import { fakeCli, writeExecutable } from "./temporal-fixtures.ts";

const realCli: TemporalCli = {
  path: inject("temporalCliPath"),
  version: "1.9.1",
  source: "cache",
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reprise-server-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The commands in the server's process group: the server and its watcher. Without zombies, which a container's init may never reap. */
function processesOf(pid: number): string[] {
  const list = execFileSync("ps", ["-A", "-o", "pgid=,stat=,command="], { encoding: "utf8" });
  const lines = list.split("\n").map((line) => line.trim().split(/\s+/));
  return lines
    .filter(([pgid, stat]) => pgid === String(pid) && stat?.startsWith("Z") === false)
    .map((words) => words.slice(2).join(" "));
}

/** Waits for the end of the group: the system may report its last process for another moment. */
async function untilGone(pid: number): Promise<void> {
  await until(() => processesOf(pid).length === 0, { what: `the end of the processes of ${pid}` });
}

async function withConnection<T>(
  address: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

const EXPECTED_TYPES = { Keyword: 2, Int: 3, Datetime: 6 } as const;

/** A namespace's retention in days, and the types of our search attributes as the server lists them. */
async function setUpOf(address: string, namespace: string): Promise<unknown> {
  return await withConnection(address, async ({ workflowService, operatorService }) => {
    const { config } = await workflowService.describeNamespace({ namespace });
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    const names = Object.keys(SEARCH_ATTRIBUTES);
    const types = names.map((name) => [name, customAttributes[name]]);
    const days = tsToMs(config?.workflowExecutionRetentionTtl) / DAY_MS;
    return { days, types };
  });
}

function expectedSetUp(days: number): unknown {
  const attributes = Object.entries(SEARCH_ATTRIBUTES);
  return { days, types: attributes.map(([name, type]) => [name, EXPECTED_TYPES[type]]) };
}

function fake(rest: string): TemporalCli {
  const path = writeExecutable(join(folder, "temporal"), fakeCli("1.9.1", rest));
  return { path, version: "1.9.1", source: "PATH" };
}

describe("the dev server", () => {
  test("has our search attributes and keeps closed workflows for 60 days", async () => {
    const setUp = await setUpOf(inject("temporalAddress"), inject("temporalNamespace"));
    expect(setUp).toEqual(expectedSetUp(60));
  });

  test("keeps its workflows in a file across a restart, serves the Web UI, and leaves no process", async () => {
    const options = {
      cli: realCli,
      uiPort: "free",
      dbFilename: join(folder, "data", "temporal.db"),
      logFile: join(folder, "logs", "temporal.log"),
      namespace: "shop",
      retentionDays: 90,
      timeSkipping: false,
    } as const;
    const first = await startTemporal(options);
    const workflowId = "kept";
    try {
      expect(await setUpOf(first.address, "shop")).toEqual(expectedSetUp(90));
      expect((await fetch(first.uiUrl ?? "")).status).toBe(200);
      expect(processesOf(first.pid).length).toBeGreaterThan(0);
      await withConnection(first.address, async ({ workflowService }) => {
        await workflowService.startWorkflowExecution({
          namespace: "shop",
          workflowId,
          workflowType: { name: "any" },
          taskQueue: { name: "any" },
          requestId: workflowId,
        });
      });
    } finally {
      await first.stop();
    }
    await untilGone(first.pid);

    const second = await startTemporal(options);
    try {
      expect(await setUpOf(second.address, "shop")).toEqual(expectedSetUp(90));
      await withConnection(second.address, async ({ workflowService }) => {
        const request = { namespace: "shop", execution: { workflowId } };
        const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution(request);
        expect(workflowExecutionInfo?.execution?.workflowId).toBe(workflowId);
      });
    } finally {
      await Promise.all([second.stop(), second.stop()]);
      await second.stop();
    }
    await untilGone(second.pid);
    expect(existsSync(options.logFile)).toBe(true);
  });

  test("exits when its parent is killed with SIGKILL", async () => {
    const script = fileURLToPath(new URL("./fixture-parent.ts", import.meta.url));
    const logFile = join(folder, "log");
    const args = ["--import", "tsx", script, realCli.path, realCli.version, logFile];
    const parent = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    parent.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
    try {
      await until(() => printed.includes("\n"), { what: "the server's start" });
      const { pid } = JSON.parse(printed) as { pid: number };
      expect(processesOf(pid).join()).toContain("start-dev");

      parent.kill("SIGKILL");

      await untilGone(pid);
    } finally {
      parent.kill("SIGKILL");
    }
  });
});

describe("a port in use", () => {
  test.each(["port", "uiPort"] as const)(
    "given as %s is an error that says what to do",
    async (name) => {
      const blocker = createServer();
      await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
      const address = blocker.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      try {
        const start = startTemporal({ cli: realCli, timeSkipping: false, [name]: port });
        await expect(start).rejects.toThrow(`cannot use port ${port} on 127.0.0.1: it is in use`);
      } finally {
        blocker.close();
      }
    },
  );

  test("chosen by us is replaced by another one, three times at most", async () => {
    const started = join(folder, "started");
    const cli = fake(`echo x >> "${started}"; echo 'bind: address already in use' >&2; exit 1`);
    await expect(startTemporal({ cli, timeSkipping: false })).rejects.toThrow("already in use");
    expect(readFileSync(started, "utf8")).toBe("x\n".repeat(3));
  });
});

describe("a server that does not become ready", () => {
  test("because it exits is an error at once, with the end of its log", async () => {
    const cli = fake("echo 'no space left on device' >&2; exit 7");
    const start = startTemporal({ cli, timeSkipping: false });
    await expect(start).rejects.toThrow(
      /the server exited \(exit code 7[^]*no space left on device/,
    );
  });

  test("within the time limit is an error with the end of its log, and leaves no process", async () => {
    const pidFile = join(folder, "pid");
    const cli = fake(`echo 'still migrating'; echo $$ > "${pidFile}"; exec sleep 600`);
    await withTimeEnough(async (readyTimeoutMs) => {
      const error: unknown = await startTemporal({
        cli,
        timeSkipping: false,
        readyTimeoutMs,
      }).catch((thrown: unknown) => thrown);
      expect(String(error)).toContain(`not ready after ${readyTimeoutMs / 1_000} s`);
      // The fake server had not begun.
      if (!existsSync(pidFile)) return null;
      expect(String(error)).toContain("still migrating");
      return error;
    });
    await untilGone(Number(readFileSync(pidFile, "utf8")));
  });

  test("because it cannot be started is an error", async () => {
    const cli = { ...realCli, path: join(folder, "nothing-here") };
    const start = startTemporal({ cli, timeSkipping: false });
    await expect(start).rejects.toThrow("the server exited (exit code 127");
  });
});

describe("a child process", () => {
  test("that ignores SIGTERM is killed", async () => {
    const logFile = join(folder, "log");
    const cli = fake("trap '' TERM; echo deaf; while :; do sleep 1; done");
    const deaf = startProcess({ command: cli.path, args: [], logFile });
    await until(() => readFileSync(logFile, "utf8").includes("deaf"), { what: "its start" });
    await deaf.stop(100);
    expect(await deaf.ended).toContain("SIGKILL");
    await untilGone(deaf.pid);
  });

  test("that exits leaves no watcher behind", async () => {
    const short = startProcess({
      command: fake("exit 0").path,
      args: [],
      logFile: join(folder, "log"),
    });
    expect(await short.ended).toContain("exit code 0");
    await untilGone(short.pid);
    await short.stop();
  });

  test("does not inherit our environment", async () => {
    const logFile = join(folder, "log");
    process.env["TEMPORAL_ADDRESS"] = "elsewhere:7233";
    try {
      const cli = fake('echo "address=$TEMPORAL_ADDRESS."');
      await startProcess({ command: cli.path, args: [], logFile }).ended;
    } finally {
      delete process.env["TEMPORAL_ADDRESS"];
    }
    expect(readFileSync(logFile, "utf8")).toBe("address=.\n");
  });
});

test("a free port is not a privileged one", async () => {
  const port = await freePort("127.0.0.1");
  expect(port).toBeGreaterThan(1_023);
});
