import { Client, Connection } from "@temporalio/client";
import type { Env } from "../../../config/env.ts";
import { messageOf } from "../../../platform/error-message.ts";
import { temporalAddressOf } from "../../../platform/temporal/connection.ts";
import { type RefusedCall, refusedCallOf } from "../../../platform/temporal/refused-call.ts";
import { once } from "../once.ts";

export type Connected = {
  readonly kind: "connected";
  readonly client: Client;
  readonly connection: Connection;
  readonly address: string;
  readonly namespace: string;
};

export type Connecting =
  | Connected
  /** The variables or the file of a profile cannot be read. */
  | { readonly kind: "misconfigured"; readonly detail: string }
  | { readonly kind: "unreachable"; readonly address: string; readonly detail: string };

type Description = Awaited<ReturnType<Connection["workflowService"]["describeNamespace"]>>;

export type NamespaceState =
  | { readonly kind: "found"; readonly description: Description }
  | { readonly kind: "refused"; readonly refused: RefusedCall };

/** Reads of Temporal. */
export type TemporalAccess = {
  readonly connect: () => Promise<Connecting>;
  /** Of a connection that was made. @throws where Temporal does not answer */
  readonly namespace: (connected: Connected) => Promise<NamespaceState>;
  readonly close: () => Promise<void>;
};

export function createTemporalAccess(env: Env, timeoutMs: number): TemporalAccess {
  let connection: Connection | null = null;
  const connect = once(async (): Promise<Connecting> => {
    let settings: ReturnType<typeof temporalAddressOf>;
    try {
      settings = temporalAddressOf(env);
    } catch (error) {
      return { kind: "misconfigured", detail: messageOf(error) };
    }
    const { connectionOptions, namespace } = settings;
    const address = connectionOptions.address ?? "127.0.0.1:7233";
    try {
      connection = await Connection.connect({
        ...connectionOptions,
        address,
        connectTimeout: timeoutMs,
      });
    } catch (error) {
      return { kind: "unreachable", address, detail: messageOf(error) };
    }
    const client = new Client({ connection, namespace });
    return { kind: "connected", client, connection, address, namespace };
  });
  return {
    connect,
    namespace: async ({ client, namespace }) => {
      try {
        const description = await client.workflowService.describeNamespace({ namespace });
        return { kind: "found", description };
      } catch (error) {
        const refused = refusedCallOf(error);
        if (refused === null) throw error;
        return { kind: "refused", refused };
      }
    },
    close: async () => await connection?.close(),
  };
}
