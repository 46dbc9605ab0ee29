import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startProcess } from "../../../dev/process/child-process.ts";
import { builtFile } from "../build.ts";
import { ROOT } from "../documents.ts";
import { until } from "../until.ts";

export type Interrupted = {
  readonly afterMs: number;
  readonly signal: "SIGINT" | "SIGKILL";
  /** Exit code and signal, as text. */
  readonly ended: string;
  /** Processes that still run. */
  readonly left: readonly string[];
  readonly output: string;
};

/**
 * Starts the demo, stops it by a signal, and looks for processes that still run.
 * @param afterMs when the signal is sent, counted from `since`
 * @param since the demo's start, or its first line of output: on a busy machine the start takes longer
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
    args: [builtFile("dev/demo/demo.js"), "--free-ports"],
    // The demo puts all its files below this folder, so a process with an open file there belongs to it.
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", TMPDIR: folder },
    cwd: ROOT,
    logFile,
  });
  if (since === "first_line") {
    await until(() => readFileSync(logFile, "utf8").includes("\n"), {
      what: "the demo's first line",
    });
  }
  const endedFirst = await Promise.race([child.ended, delay(afterMs).then(() => null)]);
  if (endedFirst !== null) {
    throw new Error(
      `the demo exited before the signal (${endedFirst}):\n${readFileSync(logFile, "utf8")}`,
    );
  }
  process.kill(child.pid, signal);
  const ended = await child.ended;
  await until(() => processesIn(folder).length === 0 || null, {
    what: "the end of all processes",
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
