import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Child, startProcess, tailOf } from "../process/child-process.ts";

/** Where the rooms lie compiled, to run a process from instead of the code that this very file is part of. */
export type Build = { readonly root: string };

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const IS_SOURCE = import.meta.url.endsWith(".ts");
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** The gateway or the worker as a process of its own, as it is deployed. */
export type Service = Child & { readonly logFile: string };

export type ServiceOptions = {
  readonly name: "gateway" | "worker";
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly build?: Build;
  /** Another entry than the deployed one, without its ending: the demo's worker skips time. */
  readonly entry?: string;
  /** Tells apart the logs of several runs. */
  readonly run?: string;
};

/** Starts it; it need not be ready yet. */
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

/** Resolves once its log has this event; a process that ends before has failed. */
export async function untilLogged(
  service: Service,
  event: string,
  timeoutMs = READY_TIMEOUT_MS,
): Promise<void> {
  const end: { how: string | null } = { how: null };
  void service.ended.then((how) => (end.how = how));
  const deadline = performance.now() + timeoutMs;
  while (!logOf(service).includes(`"event":"${event}"`)) {
    if (end.how !== null || performance.now() > deadline) {
      const why = end.how === null ? `no ${event} within ${timeoutMs} ms` : `it ended: ${end.how}`;
      throw new Error(`${service.logFile}: ${why}\n${tailOf(service.logFile)}`);
    }
    await delay(POLL_MS);
  }
}

function logOf(service: Service): string {
  return tailOf(service.logFile, 10_000);
}
