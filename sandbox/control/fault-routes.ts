import type { FastifyInstance } from "fastify";
import { requestFaultSchema } from "../faults/request-faults.ts";
import { webhookFaultSchema } from "../faults/webhook-faults.ts";
import type { SandboxContext } from "../model/context.ts";
import { newId } from "../model/state/ids.ts";
import { parseRequestBody, subscriptionFilter } from "./control-request.ts";

export function addFaultRoutes(app: FastifyInstance, { store }: SandboxContext): void {
  const { faults, webhookFaults } = store;
  app.post("/sandbox/faults", (request) => {
    const fault = { ...parseRequestBody(request, requestFaultSchema), faultId: newId("flt") };
    faults.push(fault);
    return { faultId: fault.faultId };
  });
  app.get("/sandbox/faults", () => ({ faults, webhookFaults }));
  app.delete("/sandbox/faults", (request) => {
    const subscriptionId = subscriptionFilter(request);
    removeMatching(faults, subscriptionId);
    removeMatching(webhookFaults, subscriptionId);
    return {};
  });
  app.post("/sandbox/webhook-faults", (request) => {
    const fault = { ...parseRequestBody(request, webhookFaultSchema), faultId: newId("flt") };
    webhookFaults.push(fault);
    return { faultId: fault.faultId };
  });
  app.delete("/sandbox/webhook-faults", (request) => {
    removeMatching(webhookFaults, subscriptionFilter(request));
    return {};
  });
}

/** Removes the entries of one subscription, or all of them. */
function removeMatching(
  list: { readonly subscriptionId?: string | undefined }[],
  id: string | undefined,
): void {
  const rest = id === undefined ? [] : list.filter(({ subscriptionId }) => subscriptionId !== id);
  list.splice(0, list.length, ...rest);
}
