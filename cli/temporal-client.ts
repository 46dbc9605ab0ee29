import { Client, Connection } from "@temporalio/client";
import { readEnv, readEnvOver } from "../config/env.ts";
import { temporalAddressOf } from "../platform/temporal/connection.ts";

/** Temporal as the environment, or a file `.env`, names it: for commands that ask what runs there. */
export type TemporalOfEnv = {
  readonly address: string;
  readonly taskQueue: string;
  /** @throws where Temporal is not there, at once */
  readonly withClient: <T>(work: (client: Client) => Promise<T>) => Promise<T>;
};

export function temporalOfEnv(): TemporalOfEnv {
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
