import type { SandboxContext } from "../model/context.ts";
import type { RequestEntry } from "../model/state/logs.ts";
import type { Store } from "../model/state/store.ts";

export type Params = Readonly<Record<string, string | undefined>>;

export type ApiCall = {
  readonly context: SandboxContext;
  readonly params: Params;
  readonly query: Params;
  readonly body: unknown;
  /** The time that the request claims, otherwise the wall clock; milliseconds since 1970. */
  readonly requestTime: number;
  readonly entry: RequestEntry;
};

export type Route = {
  readonly method: "GET" | "POST" | "PATCH";
  /** A pattern in Fastify's syntax. */
  readonly path: string;
  /** Whether the route can change state. */
  readonly mutating: boolean;
  /** The subscription that the request log and the faults attribute the request to. */
  readonly subscriptionIdOf: (store: Store, params: Params, query: Params) => string | null;
  readonly handle: (call: ApiCall) => unknown;
};

export const noSubscription: Route["subscriptionIdOf"] = () => null;
