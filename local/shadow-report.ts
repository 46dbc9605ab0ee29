/** `npm run shadow:report`: what was watched in shadow mode, side by side with what happened. */
import { Client, Connection } from "@temporalio/client";
import { readEnv, readEnvOver } from "../config/env.ts";
import { temporalAddressOf } from "../platform/temporal.ts";
import { shadowReport } from "./side-by-side.ts";

const env = readEnvOver(".env") ?? readEnv();
const { connectionOptions, namespace } = temporalAddressOf(env);
const taskQueue = env["TEMPORAL_TASK_QUEUE"] ?? "reprise";
const address = connectionOptions.address ?? "127.0.0.1:7233";
try {
  const connection = await Connection.connect({ ...connectionOptions, address });
  const client = new Client({ connection, namespace });
  for await (const text of shadowReport(client, taskQueue)) console.log(text);
  await connection.close();
} catch (error) {
  const detail = error instanceof Error ? error.message : String(error);
  console.error(
    `The report could not be made: Temporal at ${address} and a worker must be running. ${detail}`,
  );
  process.exitCode = 1;
}
