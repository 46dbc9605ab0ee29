/** The worker of the recovery's floor. */
import { NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { readFileSync } from "node:fs";
import { announce, settingOf } from "../announce.ts";
import { activitiesOf } from "./activities.ts";

Runtime.install({ shutdownSignals: ["SIGTERM"] });
const connection = await NativeConnection.connect({ address: settingOf("TEMPORAL_ADDRESS") });
const worker = await Worker.create({
  connection,
  taskQueue: "floor",
  workflowBundle: { codePath: settingOf("BUNDLE") },
  activities: activitiesOf({
    apiKey: settingOf("API_KEY"),
    baseUrl: settingOf("BASE_URL"),
    smtpUrl: settingOf("SMTP_URL"),
    mails: JSON.parse(readFileSync(settingOf("MAILS"), "utf8")) as never,
  }),
  // As the product's worker.
  maxCachedWorkflows: 200,
});
announce("the worker");
await worker.run();
await connection.close();
process.exit();
