import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { EXIT_CONFIG } from "../../config/reader.ts";
import { type Child, startProcess, tailOf } from "../process/child-process.ts";

/** A folder with the compiled project, to run a service from instead of from the code that is running now. */
export type Build = { readonly root: string };

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const IS_SOURCE = import.meta.url.endsWith(".ts");
const READY_TIMEOUT_MS = 120_000;
const POLL_MS = 50;

/** The gateway or the worker as a process of its own, as it is deployed. */
export type Service = Child & { readonly logFile: string };

export type ServiceOptions = {
  readonly name: "gateway" | "worker";
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly build?: Build;
  /** The entry file without its extension, if it is not the deployed one: the demo's worker skips time. */
  readonly entry?: string;
  /** Suffix of the log file's name, to tell several runs apart. */
  readonly run?: string;
};

/** Starts the process and returns at once; `untilLogged` waits until it is ready. */
export function startService(options: ServiceOptions): Service {
  const { name, env, logFolder, build, run } = options;
  const entry = options.entry ?? (name === "gateway" ? "server/main" : "worker/main");
  const main = `${entry}.${IS_SOURCE ? "ts" : "js"}`;
  const args =
    build === undefined
      ? [...(IS_SOURCE ? ["--import", "tsx"] : []), join(ROOT, main)]
      : [join(build.root, `${entry}.js`)];
  mkdirSync(logFolder, { recursive: true });
  const logFile = join(logFolder, `${name}${run === undefined ? "" : `-${run}`}.log`);
  const child = startProcess({ command: process.execPath, args, env, cwd: ROOT, logFile });
  return { ...child, logFile };
}

/** The process ended before it was ready. The message has the end of its log. */
export class ServiceEndedError extends Error {
  override readonly name = "ServiceEndedError";
  /** The process refused its configuration, so it must not be started again as it is. */
  readonly isConfiguration: boolean;

  constructor(message: string, how: string) {
    super(message);
    this.isConfiguration = how.startsWith(`exit code ${EXIT_CONFIG},`);
  }
}

/**
 * Waits until the service's log has this event.
 * @throws ServiceEndedError if the process ends first; Error if the time is up, with the end of the log
 */
export async function untilLogged(
  service: Service,
  event: string,
  timeoutMs = READY_TIMEOUT_MS,
): Promise<void> {
  const end: { how: string | null } = { how: null };
  void service.ended.then((how) => (end.how = how));
  const deadline = performance.now() + timeoutMs;
  while (!hasLogged(service, event)) {
    if (end.how !== null || performance.now() > deadline) {
      const text = (why: string): string =>
        `${service.logFile}: ${why}\n${tailOf(service.logFile)}`;
      if (end.how === null) throw new Error(text(`no event "${event}" within ${timeoutMs} ms`));
      throw new ServiceEndedError(text(`the process ended: ${end.how}`), end.how);
    }
    await delay(POLL_MS);
  }
}

function hasLogged(service: Service, event: string): boolean {
  return tailOf(service.logFile, 10_000).includes(`"event":"${event}"`);
}
