import type { FastifyInstance } from "fastify";
import type { Recoveries } from "./temporal/recoveries.ts";

/** `/healthz`: the process is up. `/readyz`: Temporal answers. */
export function addHealthRoutes(app: FastifyInstance, recoveries: Recoveries): void {
  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    if (await recoveries.isReachable()) return { status: "ready" };
    return await reply.code(503).send({ status: "Temporal is unreachable" });
  });
}
