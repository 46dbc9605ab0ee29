/** Runs small programs to their end, with a time limit. */
import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * @returns the standard output of `file args`
 * @throws with the last line of standard error if the program fails or exceeds `timeoutMs`
 */
export function run(
  file: string,
  args: readonly string[],
  { env, timeoutMs }: { env: Env; timeoutMs: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...env }, timeout: timeoutMs, killSignal: "SIGKILL" as const };
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const reason = error.killed === true ? `no answer in ${timeoutMs / 1000} s` : error.message;
      reject(new Error(lastLine(stderr) ?? lastLine(reason) ?? "failed", { cause: error }));
    });
  });
}

/** All executable files called `name` on the PATH of `env`, in the PATH's order. */
export function onPath(name: string, env: Env): string[] {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).filter(isRunnable);
}

export function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The message of a thrown value. For a failed `fetch` it is the message of the cause, which has the reason. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : null;
  return cause === null || cause === error.message || error.message !== "fetch failed"
    ? error.message
    : cause;
}

function lastLine(text: string): string | null {
  const line = text.trim().split("\n").at(-1)?.trim() ?? "";
  return line === "" ? null : line;
}
