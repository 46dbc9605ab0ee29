import type { FastifyInstance, RouteHandlerMethod } from "fastify";
import type { Tracing } from "../platform/traces/tracing.ts";

/** No customer's page: its path lets whoever has it pay. */
const TRACED = /^\/(?:webhooks|v1)\//;

/** Makes a span of each webhook and of each request to the operator API. Of routes that are added from now on. */
export function traceRequests(app: FastifyInstance, { inSpan }: Tracing): void {
  app.addHook("onRoute", (route) => {
    if (!TRACED.test(route.url)) return;
    const handler = route.handler as RouteHandlerMethod;
    route.handler = async function traced(request, reply): Promise<unknown> {
      const { traceparent } = request.headers;
      const method = request.method;
      const attributes = {
        "http.request.method": method,
        "http.route": route.url,
        "reprise.request_id": request.id,
      };
      const parent = typeof traceparent === "string" ? { traceparent } : {};
      const span = { name: `${method} ${route.url}`, kind: "server", attributes, parent } as const;
      return await inSpan(span, async (add) => {
        const answer: unknown = await handler.call(this, request, reply);
        add({ "http.response.status_code": reply.statusCode });
        const webhookId = request.headers["webhook-id"];
        // Its signature was right.
        if (typeof webhookId === "string" && reply.statusCode === 200) {
          add({ "reprise.webhook_id": webhookId.slice(0, 200) });
        }
        return answer;
      });
    };
  });
}
