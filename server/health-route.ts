import type { FastifyInstance } from "fastify";
import { refusedCallOf } from "../platform/temporal/refused-call.ts";
import type { NamespaceStatus } from "./temporal/namespace-status.ts";
import type { Recoveries } from "./temporal/recoveries.ts";
import { createWatch } from "./watch.ts";

export type HealthDependencies = {
  readonly recoveries: Pick<Recoveries, "isReachable">;
  readonly namespace: NamespaceStatus;
};

/**
 * `/healthz`: the process is up. `/readyz`: Temporal answers, and a worker has once found the namespace fit. Anybody may ask
 * either, as often as they like, so a watch asks Temporal.
 */
export function addHealthRoutes(app: FastifyInstance, dependencies: HealthDependencies): void {
  const watch = createWatch(() => problemOf(dependencies));
  app.addHook("preClose", async () => {
    watch.stop();
    await Promise.resolve();
  });
  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const problem = await watch.latest();
    if (problem === null) return { status: "ready" };
    return await reply.code(503).send({ status: problem });
  });
}

async function problemOf({ recoveries, namespace }: HealthDependencies): Promise<string | null> {
  if (!(await recoveries.isReachable())) return "Temporal is unreachable";
  try {
    if (await namespace.isFit()) return null;
    return "no worker has found the namespace fit yet: start a worker, and read its log";
  } catch (error) {
    const refused = refusedCallOf(error);
    return refused === null
      ? "Temporal is unreachable"
      : `Temporal does not let the gateway read the schedules of its namespace (${refused.code})`;
  }
}
