/** The worker of the sleepers' floor, which also starts them. */
import { Client } from "@temporalio/client";
import { type SearchAttributePair, TypedSearchAttributes } from "@temporalio/common";
import { NativeConnection, Runtime, Worker } from "@temporalio/worker";
import Fastify from "fastify";
import { SEARCH_ATTRIBUTES } from "../../../workflows/contract.ts";
import { announce, settingOf } from "../announce.ts";

Runtime.install({ shutdownSignals: [] });
const connection = await NativeConnection.connect({ address: settingOf("TEMPORAL_ADDRESS") });
const client = new Client({ connection });
const worker = await Worker.create({
  connection,
  taskQueue: "floor",
  workflowBundle: { codePath: settingOf("BUNDLE") },
  // As the product's worker.
  maxCachedWorkflows: 200,
});
void worker.run();

const app = Fastify();
app.post("/start", async ({ body }) => {
  const ids = body as readonly string[];
  for (const id of ids) {
    await client.workflow.start("floorSleeper", {
      workflowId: id,
      taskQueue: "floor",
      typedSearchAttributes: new TypedSearchAttributes(attributes()),
    });
  }
  return { started: ids.length };
});
announce(await app.listen({ host: "127.0.0.1", port: 0 }));
process.once("SIGTERM", () => process.exit());

/** Those that a sleeping recovery has. */
function attributes(): SearchAttributePair[] {
  const {
    state,
    declineCode,
    declineClass,
    customerId,
    currency,
    nextAttemptAt,
    amountDue,
    stateSince,
  } = SEARCH_ATTRIBUTES;
  return [
    { key: state, value: "scheduled" },
    { key: declineCode, value: "INSUFFICIENT_FUNDS" },
    { key: declineClass, value: "soft" },
    { key: customerId, value: "cus_v4dHLa8JdhEtdR1jNgahJ" },
    { key: currency, value: "USD" },
    { key: nextAttemptAt, value: new Date(Date.now() + 3 * 86_400_000) },
    { key: amountDue, value: 2_900 },
    { key: stateSince, value: new Date() },
  ];
}
