import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { LocalStack } from "../../../dev/local-stack/local-stack.ts";
import { builtFile } from "../../support/build.ts";
import {
  type ProcessStack,
  startProcessStack,
  POLICY_OF_SECONDS,
} from "../../support/system/process-stack.ts";
import { until } from "../../support/until.ts";

let folder: string;
let processes: ProcessStack;
let stack: LocalStack;
const started: ChildProcess[] = [];

beforeAll(async () => {
  processes = await startProcessStack("full-log", {
    policy: POLICY_OF_SECONDS,
    sandbox: { settings: { webhookRetryScale: 0.001 } },
  });
  ({ stack, folder } = processes);
});

afterEach(() => {
  for (const child of started) child.kill("SIGKILL");
  started.length = 0;
});

afterAll(async () => {
  await processes.close();
});

/** @param stdout a descriptor, or a pipe that nobody reads */
function start(name: "gateway" | "worker", stdout: number | "pipe"): ChildProcess {
  const main = name === "gateway" ? "server/main.js" : "worker/main.js";
  const child = spawn(process.execPath, [builtFile(main)], {
    stdio: ["ignore", stdout, "inherit"],
    env: { PATH: process.env["PATH"] ?? "", ...stack.env[name], LOG_LEVEL: "trace" },
  });
  started.push(child);
  return child;
}

const ENDED = { code: 0, signal: null };

/** Has both processes serve and charge although their log goes nowhere. @returns how they end on SIGTERM */
async function endsOfWork(stdout: number | "pipe"): Promise<unknown[]> {
  const processes = [start("gateway", stdout), start("worker", stdout)];
  const ends = processes.map(
    (child) =>
      new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal }))),
  );
  const answers = async (path: string): Promise<boolean> =>
    (await fetch(`${stack.gatewayUrl}${path}`, { signal: AbortSignal.timeout(5_000) })).status ===
    200;
  await until(async () => await answers("/readyz"), { what: "a ready gateway" });
  // More lines than any buffer of the system holds.
  for (let sent = 0; sent < 30; sent += 1) {
    const requests = Array.from({ length: 50 }, async () => {
      const url = `${stack.gatewayUrl}/webhooks/dodo`;
      const signal = AbortSignal.timeout(20_000);
      const { status } = await fetch(url, { method: "POST", body: "{}", signal });
      return status;
    });
    expect(new Set(await Promise.all(requests))).toEqual(new Set([401]));
  }
  const { control } = stack.sandbox;
  const { subscriptionId } = await control.createSubscription({ onDemand: true });
  await control.script(subscriptionId, [], "succeed");
  await control.charge(subscriptionId, { outcome: { decline: "INSUFFICIENT_FUNDS" } });
  await until(async () => (await control.ledgerOf(subscriptionId)).succeeded === 1, {
    what: "the recovery",
  });
  expect(await answers("/healthz")).toBe(true);
  for (const child of processes) child.kill("SIGTERM");
  return await Promise.all(ends);
}

describe("gateway and worker serve, charge and end on SIGTERM", () => {
  test("while stdout has no room at all", async () => {
    expect(await endsOfWork(openSync("/dev/full", "w"))).toEqual([ENDED, ENDED]);
  });

  test("while stdout is a pipe or a socket whose reader has stopped", async () => {
    expect(await endsOfWork("pipe")).toEqual([ENDED, ENDED]);
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    // Opened for both, so that the pipe has a reader, which never reads.
    expect(await endsOfWork(openSync(fifo, "r+"))).toEqual([ENDED, ENDED]);
  });

  test("while stdout is a file on a disk of 64 KiB, which fills up", async ({ skip }) => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", disk], { stdio: "ignore" });
    } catch {
      skip("only a privileged user may mount a small disk");
    }
    try {
      expect(await endsOfWork(openSync(join(disk, "log"), "a"))).toEqual([ENDED, ENDED]);
      expect(() => writeFileSync(join(disk, "more"), "x".repeat(8_192))).toThrow("ENOSPC");
    } finally {
      execFileSync("umount", ["--lazy", disk]);
    }
  });
});
