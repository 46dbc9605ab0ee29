import { Client, Connection } from "@temporalio/client";
import type { Env } from "../../config/env.ts";
import { messageOf } from "../../platform/error-message.ts";
import { temporalAddressOf } from "../../platform/temporal/connection.ts";
import { Failure } from "../run/failure.ts";

/**
 * Connects to the Temporal of the `TEMPORAL_*` variables, runs `work` and closes the connection.
 *
 * @param needs what else the work needs, for the failure's advice
 * @throws Failure if Temporal does not answer
 */
export async function withTemporal<T>(
  env: Env,
  needs: string | null,
  work: (client: Client, taskQueue: string) => Promise<T>,
): Promise<T> {
  const taskQueue = env["TEMPORAL_TASK_QUEUE"] ?? "reprise";
  const { connectionOptions, namespace } = temporalSettings(env);
  const address = connectionOptions.address ?? "127.0.0.1:7233";
  let connection: Connection | null = null;
  try {
    connection = await Connection.connect({ ...connectionOptions, address });
    return await work(new Client({ connection, namespace }), taskQueue);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const also =
      needs === null ? "" : `, and ${needs} on the task queue ${taskQueue} (TEMPORAL_TASK_QUEUE)`;
    throw new Failure("unreachable", messageOf(error), {
      advice: `It needs Temporal at ${address} (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE)${also}.`,
    });
  } finally {
    await connection?.close();
  }
}

function temporalSettings(env: Env): ReturnType<typeof temporalAddressOf> {
  try {
    return temporalAddressOf(env);
  } catch (error) {
    throw new Failure("configuration", `The TEMPORAL_* variables: ${messageOf(error)}`);
  }
}
