/** A child process that never outlives us, and is ended as a whole. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { Readable } from "node:stream";

export type Child = {
  readonly pid: number;
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  /** SIGTERM, and after `timeoutMs` SIGKILL to the whole group. */
  stop(timeoutMs?: number): Promise<void>;
  /** SIGKILL at once, as a crash would. */
  kill(): Promise<void>;
};

export type ChildOptions = {
  readonly command: string;
  readonly args: readonly string[];
  /** Its whole environment; PATH is added where it lacks one. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Its output is appended here. */
  readonly logFile: string;
};

const STOP_TIMEOUT_MS = 10_000;
const LOG_TAIL_LINES = 20;

/**
 * A child does not notice that its parent died. So a watcher in its process group reads a pipe that
 * only we hold: it ends when we do, even by `kill -9`. `exec` makes the command itself our child.
 * The group's id cannot be reused while the watcher is in it, so it never kills a stranger.
 */
const WATCHED = `
(
  trap '' INT TERM HUP
  read -r _ <&3
  kill -TERM -$$
  waited=0
  while [ $waited -lt 50 ] && kill -0 $$ 2>/dev/null; do sleep 0.1; waited=$((waited + 1)); done
  kill -KILL -$$
) >/dev/null 2>&1 &
exec 3<&-
exec "$@"
`;

export function startProcess({ command, args, env = {}, cwd, logFile }: ChildOptions): Child {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a");
  const child = spawn("/bin/sh", ["-c", WATCHED, basename(command), command, ...args], {
    detached: true,
    stdio: ["ignore", log, log, "pipe"],
    env: { PATH: "/usr/bin:/bin", ...env },
    cwd,
  });
  closeSync(log);
  const lifeline = child.stdio[3];
  if (lifeline instanceof Readable) lifeline.on("error", () => undefined).resume();

  // Its exit leaves its watcher; "close" comes when that is gone too, for it holds the pipe.
  child.once("exit", () => killGroup(child, "SIGKILL"));
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(`exit code ${code ?? "none"}, ${signal ?? "no"} signal`),
    );
  });
  return {
    pid: child.pid ?? -1,
    ended,
    stop: (timeoutMs = STOP_TIMEOUT_MS) => stopProcess(child, ended, timeoutMs),
    kill: async () => {
      killGroup(child, "SIGKILL");
      await ended;
    },
  };
}

/** The last lines of the log, for an error message. */
export function tailOf(logFile: string, lines = LOG_TAIL_LINES): string {
  try {
    return readFileSync(logFile, "utf8").trim().split("\n").slice(-lines).join("\n");
  } catch {
    return "(no log)";
  }
}

async function stopProcess(
  child: ChildProcess,
  ended: Promise<string>,
  timeoutMs: number,
): Promise<void> {
  child.kill("SIGTERM");
  const impatience = setTimeout(() => killGroup(child, "SIGKILL"), timeoutMs);
  await ended;
  clearTimeout(impatience);
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}
