import { randomUUID } from "node:crypto";
import { join } from "node:path";
import {
  type LocalStack,
  type LocalStackOptions,
  startLocalStack,
} from "../../dev/local-stack/local-stack.ts";
import { startTemporal, type TemporalServer } from "../../dev/temporal/server.ts";
import type { Bench } from "../run/path.ts";

/** A Temporal server of one side's own, so that its CPU time and its Actions are that side's. */
export async function startServer(
  { cli, cleanup }: Bench,
  options: Partial<Parameters<typeof startTemporal>[0]> = {},
): Promise<TemporalServer> {
  const server = await startTemporal({ cli: await cli(), timeSkipping: false, ...options });
  cleanup.add(() => server.stop());
  return server;
}

/** Sandbox, inbox, and the gateway and worker of `dist/`, not yet started. */
export async function startProduct(
  { folder, root, cleanup }: Bench,
  temporal: TemporalServer,
  options: Partial<LocalStackOptions> = {},
): Promise<LocalStack> {
  const stack = await startLocalStack({
    temporal,
    taskQueue: "reprise",
    folder: join(folder, `product-${randomUUID()}`),
    build: { root: join(root, "dist") },
    ...options,
  });
  cleanup.add(() => stack.stop());
  return stack;
}
