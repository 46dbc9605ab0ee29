/** The gateway of the recovery's floor: Fastify, `standardwebhooks`, and a signal for each webhook. */
import { Client } from "@temporalio/client";
import { NativeConnection, Runtime } from "@temporalio/worker";
import Fastify from "fastify";
import { readFileSync } from "node:fs";
import { Webhook as Verifier } from "standardwebhooks";
import { announce, settingOf } from "../announce.ts";
import type { Plan, Webhook } from "./plan.ts";

type Body = {
  readonly type: string;
  readonly data: {
    readonly payment_id?: string;
    readonly subscription_id: string;
    readonly customer: { readonly customer_id: string };
    readonly created_at: string;
  };
};

Runtime.install({ shutdownSignals: [] });
const connection = await NativeConnection.connect({ address: settingOf("TEMPORAL_ADDRESS") });
const client = new Client({ connection });
const verifier = new Verifier(settingOf("WEBHOOK_KEY"));
const plan = JSON.parse(readFileSync(settingOf("PLAN"), "utf8")) as Pick<
  Plan,
  "steps" | "afterSuccess"
>;

const app = Fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
  done(null, body),
);
app.post("/webhooks/dodo", async (request) => {
  const headers = request.headers as Record<string, string>;
  const { type, data } = verifier.verify(request.body as Buffer, headers) as Body;
  const { subscription_id: subscriptionId, customer, payment_id: paymentId = null } = data;
  const webhook: Webhook = { type, paymentId };
  const workflowId = `floor-${subscriptionId}`;
  if (type === "payment.failed") {
    const ids = { subscriptionId, customerId: customer.customer_id, productId: "pdt_sandbox" };
    const openedAt = Date.parse(data.created_at);
    await client.workflow.signalWithStart("floorRecovery", {
      workflowId,
      taskQueue: "floor",
      args: [{ ...ids, openedAt, ...plan }],
      signal: "webhook",
      signalArgs: [webhook],
    });
  } else {
    // The recovery may not have begun, or may have ended.
    const handle = client.workflow.getHandle(workflowId);
    await handle.signal("webhook", webhook).catch(() => undefined);
  }
  return { received: true };
});
announce(await app.listen({ host: "127.0.0.1", port: Number(settingOf("PORT")) }));
process.once("SIGTERM", () => process.exit());
