import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startProcess } from "../../dev/process/child-process.ts";
import { built } from "./built.ts";
import { until } from "./until.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export type Interrupted = {
  readonly afterMs: number;
  readonly signal: "SIGINT" | "SIGKILL";
  readonly ended: string;
  /** Processes that were left running. */
  readonly left: readonly string[];
  readonly output: string;
};

/**
 * Starts the demo, ends it by a signal after a while, and looks for what is left of it.
 * @param since what the while counts from: a busy machine takes its time until the demo says its first word
 */
export async function interruptDemo(
  afterMs: number,
  signal: Interrupted["signal"],
  since: "start" | "first_line" = "start",
): Promise<Interrupted> {
  const folder = mkdtempSync(join(tmpdir(), "reprise-interrupt-"));
  const logFile = join(folder, "demo.log");
  const child = startProcess({
    command: process.execPath,
    args: [built("dev/demo/demo.js"), "--free-ports"],
    // All it makes lies below this folder: whoever still has a file open there is left over.
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", TMPDIR: folder },
    cwd: ROOT,
    logFile,
  });
  if (since === "first_line") {
    await until(() => readFileSync(logFile, "utf8").includes("\n"), {
      what: "the demo's first line",
      timeoutMs: 30_000,
    });
  }
  const endedFirst = await Promise.race([child.ended, delay(afterMs).then(() => null)]);
  if (endedFirst !== null) {
    throw new Error(`it ended by itself (${endedFirst}):\n${readFileSync(logFile, "utf8")}`);
  }
  process.kill(child.pid, signal);
  const ended = await child.ended;
  await until(() => processesIn(folder).length === 0 || null, {
    what: "an end of all",
    timeoutMs: 15_000,
  }).catch(() => null);
  const left = processesIn(folder);
  const output = readFileSync(logFile, "utf8");
  rmSync(folder, { recursive: true, force: true });
  return { afterMs, signal, ended, left, output };
}

/** Processes that have a file open below a folder. */
function processesIn(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => openFiles(pid).some((path) => path.startsWith(folder)))
    .map((pid) => `${pid} ${commandOf(pid)}`);
}

function openFiles(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return "";
      }
    });
  } catch {
    return [];
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
