import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

// Everything of `npm start` is on one disk. When it is full, no log can say so, only the terminal.

/** A new database has less than 1 MB, and each start writes a few log files. */
const START_BYTES = 8 * 1_048_576;

/** Less than this is full: Temporal's database grows by pages, and needs some more for its journal. */
const PROBE_BYTES = 256 * 1_024;

/** A recovery has some 100 KB, so there is time to act. */
const LOW_BYTES = 200_000_000;

const EVERY_MS = 5_000;

type Room = { readonly kind: "enough" | "low" } | { readonly kind: "full"; readonly code: string };

/** @throws if this folder cannot take what a start writes, before it has written anything */
export async function expectRoom(folder: string): Promise<void> {
  const code = await refusalOf(folder, START_BYTES);
  if (code === null) return;
  throw new Error(
    `${problemOf(folder, code)}. Free at least ${START_BYTES / 1_048_576} MB there, then start again. ` +
      "Recoveries continue at that start, and Dodo delivers unanswered webhooks again.",
  );
}

/** Says when the disk of this folder is nearly full, when it is full, and when it has room again. */
export function watchDisk(folder: string, say: (text: string) => void): { stop: () => void } {
  const stopped = new AbortController();
  void repeat(folder, say, stopped.signal).catch(() => undefined);
  return { stop: () => stopped.abort() };
}

async function repeat(
  folder: string,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<never> {
  let before: Room = { kind: "enough" };
  for (;;) {
    const room = await roomOf(folder, before.kind === "low" ? 2 * LOW_BYTES : LOW_BYTES);
    const text = textOf(folder, before, room);
    if (text !== null) say(text);
    before = room;
    await delay(EVERY_MS, undefined, { signal, ref: false });
  }
}

async function roomOf(folder: string, lowBytes: number): Promise<Room> {
  const code = await refusalOf(folder, PROBE_BYTES);
  if (code !== null) return { kind: "full", code };
  const { bavail, bsize } = await statfs(folder);
  return { kind: bavail * bsize < lowBytes ? "low" : "enough" };
}

/** Quotas, inodes and broken disks refuse a write too, whatever the number of free bytes. @returns the error's code */
async function refusalOf(folder: string, bytes: number): Promise<string | null> {
  const file = join(folder, ".room");
  try {
    await writeFile(file, Buffer.alloc(bytes));
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "no code";
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

function problemOf(folder: string, code: string): string {
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return isFull
    ? `The disk of ${folder} is full (${code})`
    : `${folder} cannot be written (${code})`;
}

/** @returns null where nothing has changed */
function textOf(folder: string, before: Room, room: Room): string | null {
  if (room.kind === before.kind) return null;
  if (room.kind === "full")
    return (
      `${problemOf(folder, room.code)}. Temporal stores nothing, so recoveries wait, and webhooks are answered 503: Dodo ` +
      "delivers them again for 28 hours. Free some space; Reprise then continues by itself."
    );
  if (before.kind === "full") return `${folder} can be written again. Reprise continues.`;
  return room.kind === "low"
    ? `Less than ${LOW_BYTES / 1_000_000} MB are free on the disk of ${folder}. When it is full, recoveries wait: free some space.`
    : null;
}
