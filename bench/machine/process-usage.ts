import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The CPU time that a process has used so far, in milliseconds, by the kernel's account. */
export function cpuMs(pid: number): number {
  return cpuTicksOf(readFileSync(`/proc/${pid}/stat`, "utf8")) * msPerTick();
}

/**
 * User and system time of all threads, those that have ended included, without child processes.
 * @source Linux, Documentation/filesystems/proc.rst, "/proc/PID/stat"
 */
export function cpuTicksOf(stat: string): number {
  // The name of the program is in parentheses and may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [utime, stime] = [Number(fields[11]), Number(fields[12])];
  if (!Number.isFinite(utime) || !Number.isFinite(stime)) throw new Error("not a /proc/PID/stat");
  return utime + stime;
}

let tickMs: number | null = null;

function msPerTick(): number {
  tickMs ??= 1_000 / Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  return tickMs;
}

/** The CPU time that these processes use while `work` runs, in milliseconds, by name. */
export async function cpuDuring<Name extends string, Result>(
  pids: Readonly<Record<Name, number>>,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly cpu: Readonly<Record<Name, number>> }> {
  const names = Object.keys(pids) as Name[];
  const read = (): number[] => names.map((name) => cpuMs(pids[name]));
  const before = read();
  const result = await work();
  const after = read();
  const used = names.map((name, at) => [name, (after[at] ?? 0) - (before[at] ?? 0)]);
  return { result, cpu: Object.fromEntries(used) as Record<Name, number> };
}

/** The memory that a process uses now, in MB. */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no resident memory`);
  return Number(kilobytes) / 1_024;
}
