import { Client, Connection } from "@temporalio/client";
import { readEnv, readEnvOver } from "../config/env.ts";
import { temporalAddressOf } from "../platform/temporal/connection.ts";

/** Access to Temporal for a command. */
export type TemporalAccess = {
  readonly address: string;
  readonly taskQueue: string;
  /** Connects, runs `work` and closes the connection. @throws at once if Temporal does not answer */
  readonly withClient: <T>(work: (client: Client) => Promise<T>) => Promise<T>;
};

/** Reads the `TEMPORAL_*` variables from the environment, and from `.env` if there is one. */
export function temporalFromEnv(): TemporalAccess {
  const env = readEnvOver(".env") ?? readEnv();
  const { connectionOptions, namespace } = temporalAddressOf(env);
  const address = connectionOptions.address ?? "127.0.0.1:7233";
  return {
    address,
    taskQueue: env["TEMPORAL_TASK_QUEUE"] ?? "reprise",
    withClient: async (work) => {
      const connection = await Connection.connect({ ...connectionOptions, address });
      try {
        return await work(new Client({ connection, namespace }));
      } finally {
        await connection.close();
      }
    },
  };
}
