import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";

/** What the figures depend on beside the code. */
export type Machine = {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** The load average of the last minute before the run: above zero, other programs were running. */
  readonly loadBefore: number;
};

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** The time of all cores since the machine started, in ticks. */
export type CoreTime = { readonly total: number; readonly steal: number; readonly idle: number };

/** @returns null where there is no `/proc/stat` */
export function readCoreTime(): CoreTime | null {
  try {
    return coreTimeOf(readFileSync("/proc/stat", "utf8"));
  } catch {
    return null;
  }
}

/** @source Linux, Documentation/filesystems/proc.rst, "Miscellaneous kernel statistics in /proc/stat" */
export function coreTimeOf(stat: string): CoreTime | null {
  const line = /^cpu +(.+)$/m.exec(stat)?.[1];
  if (line === undefined) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0] = line
    .split(" ")
    .map(Number);
  const total = user + nice + system + idle + wait + irq + softirq + steal;
  return { total, steal, idle: idle + wait };
}

/** The parts of the time between two readings, 0 to 1. */
export function partsBetween(
  before: CoreTime | null,
  after: CoreTime | null,
): { readonly steal: number; readonly idle: number } | null {
  if (before === null || after === null || after.total <= before.total) return null;
  const total = after.total - before.total;
  return { steal: (after.steal - before.steal) / total, idle: (after.idle - before.idle) / total };
}

/** The commit that is measured, with `+` if files differ from it; null outside a repository. */
export function readCommit(root: string): string | null {
  try {
    const git = (...args: string[]): string =>
      execFileSync("git", args, {
        cwd: root,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    const changes = git("status", "--porcelain", "--untracked-files=no").trim();
    return git("rev-parse", "--short", "HEAD").trim() + (changes === "" ? "" : "+");
  } catch {
    return null;
  }
}
