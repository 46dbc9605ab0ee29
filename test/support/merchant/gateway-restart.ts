import type { FastifyInstance } from "fastify";
import type { Answer } from "./api.ts";
import { buildTestGateway } from "../system/gateway.ts";
import type { Stage } from "../system/test-system.ts";
import { until } from "../until.ts";

type Listening = { readonly app: FastifyInstance; readonly url: string };
type End = "answered" | "lost";

const AT_ONCE = 50;

/**
 * Sends fifty requests to a gateway that is killed as soon as Temporal has a workflow of this type, and then fifty to a
 * second gateway, which the caller closes.
 */
export async function sendAcrossRestart(
  stage: Stage,
  workflowType: string,
  request: (url: string) => Promise<Answer>,
): Promise<{
  readonly answers: Answer[];
  readonly before: readonly End[];
  readonly after: readonly End[];
  readonly gateway: Listening;
}> {
  const answers: Answer[] = [];
  const send = async ({ url }: Listening): Promise<End> => {
    try {
      answers.push(await request(url));
      return "answered";
    } catch {
      return "lost";
    }
  };
  const first = await listening(stage);
  const sent = Array.from({ length: AT_ONCE }, () => send(first));
  await until(
    async () => {
      const { executions } = await stage.client.workflowService.listOpenWorkflowExecutions({
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
  const gateway = await listening(stage);
  const after = await Promise.all(Array.from({ length: AT_ONCE }, () => send(gateway)));
  return { answers, before, after, gateway };
}

async function listening(stage: Stage): Promise<Listening> {
  const app = buildTestGateway(stage.environment, stage.taskQueue);
  return { app, url: await app.listen({ host: "127.0.0.1", port: 0 }) };
}
