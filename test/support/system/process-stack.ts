import { Client } from "@temporalio/client";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import {
  type LocalStack,
  type LocalStackOptions,
  startLocalStack,
} from "../../../dev/local-stack/local-stack.ts";
import { build } from "../build.ts";
import { connectTemporal, createNamespace, uniqueTaskQueue } from "../temporal/connection.ts";

/** Sandbox, inbox, and the gateway and workers that a test starts as processes of their own, on the test run's Temporal. */
export type ProcessStack = {
  readonly stack: LocalStack;
  readonly environment: TestWorkflowEnvironment;
  readonly client: Client;
  /** Logs and the policy file; removed by `close`. */
  readonly folder: string;
  readonly close: () => Promise<void>;
};

/** A policy of seconds instead of days, for real timers. */
export const POLICY_OF_SECONDS = `
retry: { gaps: [2s, 2s, 2s], transient_gap: 2s, align: none, settle: 4s, follow_up: [1s] }
notices: { first_soft: 1s, before_attempt: 0s, hard: [0s] }
opening_reread: 1s
unknown_tax: none
window: 60s
quiet_end: 5s
`;

export type ProcessStackOptions = Partial<Omit<LocalStackOptions, "temporal" | "folder">> & {
  /** A namespace of its own, for what exists once per namespace. */
  readonly ownNamespace?: boolean;
};

/** @param name of the test, in the folder's name */
export async function startProcessStack(
  name: string,
  { ownNamespace = false, ...options }: ProcessStackOptions = {},
): Promise<ProcessStack> {
  const environment = await connectTemporal();
  const namespace = ownNamespace ? await createNamespace(environment) : inject("temporalNamespace");
  const folder = mkdtempSync(join(tmpdir(), `reprise-${name}-`));
  const stack = await startLocalStack({
    temporal: { address: inject("temporalAddress"), namespace },
    taskQueue: uniqueTaskQueue(),
    folder,
    build: build(),
    ...options,
  });
  return {
    stack,
    environment,
    client: new Client({ connection: environment.nativeConnection, namespace }),
    folder,
    close: async () => {
      await stack.stop();
      await environment.teardown();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type OperatorKey = { readonly name: string; readonly secret: string };

/** The variable `OPERATOR_API_KEYS`. */
export function operatorKeysOf(keys: readonly OperatorKey[]): string {
  return keys.map(({ name, secret }) => `${name}:${secret}`).join(",");
}
