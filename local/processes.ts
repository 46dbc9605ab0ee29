import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startProcess, tailOf, type Child } from "./process.ts";

/** Where the two processes are run from: this checkout's sources, or a build of it. */
export type Code = { readonly kind: "source" } | { readonly kind: "built"; readonly root: string };

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** The gateway or the worker as a process of its own, as it is deployed. */
export type Service = Child & { readonly logFile: string };

export type ServiceOptions = {
  readonly name: "gateway" | "worker";
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly code?: Code;
  /** Tells apart the logs of several runs. */
  readonly run?: string;
};

/** Starts it; it need not be ready yet. */
export function startService({ name, env, logFolder, code, run }: ServiceOptions): Service {
  const room = name === "gateway" ? "server" : "worker";
  const args =
    code?.kind === "built"
      ? [join(code.root, "dist", room, "main.js")]
      : ["--import", "tsx", join(ROOT, room, "main.ts")];
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
