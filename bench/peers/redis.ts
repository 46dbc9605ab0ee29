import { join } from "node:path";
import { readEnv } from "../../config/env.ts";
import { startProcess } from "../../dev/process/child-process.ts";
import { freePort } from "../../dev/process/ports.ts";
import { onPath } from "../../dev/temporal/run.ts";
import { type Bench, NotAvailable } from "../run/path.ts";
import { canConnect, type Store } from "./store.ts";

/** A Redis of this machine, with the durability that BullMQ's documents recommend. @throws NotAvailable if there is none */
export async function startRedis({ folder, cleanup }: Bench): Promise<Store> {
  const [command] = onPath("redis-server", readEnv());
  if (command === undefined) {
    throw new NotAvailable("no redis-server on the PATH (Debian: apt-get install redis-server)");
  }
  const port = await freePort("127.0.0.1");
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
  const durable = ["--appendonly", "yes", "--appendfsync", "everysec"];
  const logFile = join(folder, "redis.log");
  const redis = startProcess({ command, args: [...args, ...durable], logFile });
  cleanup.add(() => redis.stop());
  await canConnect(port, "Redis", logFile);
  return { url: `redis://127.0.0.1:${port}`, stop: () => redis.stop() };
}
