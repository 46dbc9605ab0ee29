import { readFileSync } from "node:fs";

/** The memory that a process of this machine uses now, in MB. */
export function residentMegabytes(pid: number): number {
  return sizeOf(pid, "VmRSS");
}

/** The most memory that a process of this machine has used so far, in MB. */
export function peakMegabytes(pid: number): number {
  return sizeOf(pid, "VmHWM");
}

function sizeOf(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status has no ${name}`);
  return Math.round(Number(kilobytes) / 1_024);
}
