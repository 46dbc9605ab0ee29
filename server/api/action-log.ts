import type { FastifyRequest } from "fastify";
import { parseSubscriptionId, recoveryIdOf } from "../../domain/values/ids.ts";
import type { Log } from "../../platform/log.ts";
import type { ApiScope } from "./api-scope.ts";

/** Sends `x-request-id` with each answer, and logs who asked for a change, and what came of it. */
export function logActions(api: ApiScope, log: Log): void {
  api.decorateRequest("problemCode", "");
  api.decorateRequest("affectedId", "");
  api.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    await Promise.resolve();
  });
  api.addHook("onResponse", async (request, reply) => {
    const { id: requestId, operator: by } = request;
    const { statusCode: status } = reply;
    if (status === 401) log.warn({ event: "operator_key_refused", requestId });
    if (by !== "" && request.method !== "GET" && request.method !== "HEAD") {
      const result = request.problemCode === "" ? "done" : request.problemCode;
      const action = actionOf(request);
      const ids = idsOf(request);
      log.info({ event: "operator_action", requestId, by, action, status, result, ...ids });
    }
    await Promise.resolve();
  });
}

const WORD = /^[a-z-]{1,40}$/;

/** The route without `/v1` and without ids: `recoveries/pause`, `charging/stop`. The caller's text counts only where it is one word. */
function actionOf(request: FastifyRequest): string {
  const { action } = paramsOf(request);
  const route = request.routeOptions.url ?? "";
  return route
    .split("/")
    .slice(2)
    .map((part) =>
      part === ":action" && action !== undefined && WORD.test(action) ? action : part,
    )
    .filter((part) => !part.startsWith(":"))
    .join("/");
}

type Ids = {
  readonly recoveryId?: string;
  readonly subscriptionId?: string;
  readonly chargeId?: string;
  readonly mandateId?: string;
};

function idsOf(request: FastifyRequest): Ids {
  const { affectedId } = request;
  const subscriptionId = parseSubscriptionId(paramsOf(request)["subscription_id"]);
  return {
    ...(subscriptionId === null
      ? {}
      : { recoveryId: recoveryIdOf(subscriptionId), subscriptionId }),
    ...(affectedId.startsWith("charge-") ? { chargeId: affectedId } : {}),
    ...(affectedId.startsWith("mandate-") ? { mandateId: affectedId } : {}),
  };
}

function paramsOf({ params }: FastifyRequest): Readonly<Record<string, string | undefined>> {
  return (params ?? {}) as Readonly<Record<string, string | undefined>>;
}
