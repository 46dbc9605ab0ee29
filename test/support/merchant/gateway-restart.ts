import type { FastifyInstance } from "fastify";
import { buildTestGateway } from "../system/gateway.ts";
import type { TestSystem } from "../system/test-system.ts";
import { until } from "../until.ts";
import type { ApiAnswer } from "./api.ts";

type Listening = { readonly app: FastifyInstance; readonly url: string };
type End = "answered" | "lost";

const AT_ONCE = 50;

/**
 * Sends fifty requests to a gateway that is killed as soon as Temporal has a workflow of this type, and then fifty to a
 * second gateway, which the caller closes.
 */
export async function sendAcrossRestart(
  system: TestSystem,
  workflowType: string,
  request: (url: string) => Promise<ApiAnswer>,
): Promise<{
  readonly answers: ApiAnswer[];
  readonly before: readonly End[];
  readonly after: readonly End[];
  readonly gateway: Listening;
}> {
  const answers: ApiAnswer[] = [];
  const send = async ({ url }: Listening): Promise<End> => {
    try {
      answers.push(await request(url));
      return "answered";
    } catch {
      return "lost";
    }
  };
  const first = await listening(system);
  const sent = Array.from({ length: AT_ONCE }, () => send(first));
  await until(
    async () => {
      const { executions } = await system.client.workflowService.listOpenWorkflowExecutions({
        namespace: "default",
        typeFilter: { name: workflowType },
      });
      return executions.length > 0 || answers.some(({ status }) => status !== 503);
    },
    { what: `a ${workflowType} in Temporal` },
  );
  first.app.server.closeAllConnections();
  await first.app.close();
  const before = await Promise.all(sent);
  const gateway = await listening(system);
  const after = await Promise.all(Array.from({ length: AT_ONCE }, () => send(gateway)));
  return { answers, before, after, gateway };
}

async function listening(system: TestSystem): Promise<Listening> {
  const app = buildTestGateway(system.environment, system.taskQueue);
  return { app, url: await app.listen({ host: "127.0.0.1", port: 0 }) };
}
