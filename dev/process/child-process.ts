/** A child process that never outlives us and that ends with everything it started. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { Readable } from "node:stream";

export type Child = {
  readonly pid: number;
  /** Resolves when the process has exited, with its exit code and signal as text. */
  readonly ended: Promise<string>;
  /** Sends SIGTERM, and SIGKILL to the whole group after `timeoutMs`. */
  stop(timeoutMs?: number): Promise<void>;
  /** Sends SIGKILL at once, as a crash would. */
  kill(): Promise<void>;
};

export type ChildOptions = {
  readonly command: string;
  readonly args: readonly string[];
  /** The child's whole environment; a default PATH is added if there is none. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The user that runs it, if it is another one than ours. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Standard output and standard error are appended to this file. */
  readonly logFile: string;
};

const STOP_TIMEOUT_MS = 10_000;
const LOG_TAIL_LINES = 20;

/**
 * A process does not notice when its parent dies. So a watcher in the child's process group reads a pipe that only we
 * hold open: when we end, even by `kill -9`, the read returns and the watcher ends the group. `exec` makes the command
 * itself our child. While the watcher is alive the group's id cannot be reused, so it never kills another process.
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

export function startProcess(options: ChildOptions): Child {
  const { command, args, env = {}, cwd, user, logFile } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a");
  const child = spawn("/bin/sh", ["-c", WATCHED, basename(command), command, ...args], {
    detached: true,
    stdio: ["ignore", log, log, "pipe"],
    env: { PATH: "/usr/bin:/bin", ...env },
    cwd,
    ...user,
  });
  closeSync(log);
  const lifeline = child.stdio[3];
  if (lifeline instanceof Readable) lifeline.on("error", () => undefined).resume();

  // The watcher survives the command's exit. It holds the pipe, so "close" follows once the watcher is gone too.
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

/** The last lines of a log, for an error message. */
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
  const forceKill = setTimeout(() => killGroup(child, "SIGKILL"), timeoutMs);
  await ended;
  clearTimeout(forceKill);
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}
