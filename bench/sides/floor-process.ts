import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Child, startProcess, tailOf } from "../../dev/process/child-process.ts";
import { announcedIn } from "../floors/announce.ts";
import type { Bench } from "../run/path.ts";

export type FloorProcess = Child & {
  /** What it said when it was ready. */ readonly detail: string;
};

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const COMPILED = fileURLToPath(new URL("../floors/", import.meta.url));

/**
 * Starts a program of `bench/floors/`, or of another folder beside it, and waits until it is ready.
 * @param program without its extension
 * @throws if it ends before, with the end of its log
 */
export async function startFloor(
  { folder, cleanup }: Bench,
  program: string,
  env: Readonly<Record<string, string>>,
): Promise<FloorProcess> {
  const name = program.replaceAll(/\W+/g, "-");
  const logFile = join(folder, `${name}-${Math.round(performance.now())}.log`);
  const args = [join(COMPILED, `${program}.js`)];
  const child = startProcess({ command: process.execPath, args, env, logFile });
  cleanup.add(() => child.stop());
  const end: { how: string | null } = { how: null };
  void child.ended.then((how) => (end.how = how));
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const detail = announcedIn(tailOf(logFile, 1_000));
    if (detail !== null) return { ...child, detail };
    if (end.how !== null || performance.now() > deadline) {
      throw new Error(`${program} is not ready (${end.how ?? "no answer"})\n${tailOf(logFile)}`);
    }
    await delay(POLL_MS);
  }
}
