import { Client, Connection } from "@temporalio/client";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startInbox } from "../../dev/local-stack/inbox.ts";
import type { LocalStackOptions } from "../../dev/local-stack/local-stack.ts";
import { freePort } from "../../dev/process/ports.ts";
import type { TemporalServer } from "../../dev/temporal/server.ts";
import { startSandbox } from "../../sandbox/sandbox.ts";
import type { Bench } from "../run/path.ts";
import { startFloor } from "./floor-process.ts";
import { startProduct, startServer } from "./product.ts";
import type { RecoverySide } from "./recoveries.ts";

/** One side of a comparison: everything is its own, so that what a process uses is that side's. */
export type Side = RecoverySide & {
  readonly temporal: TemporalServer;
  readonly gatewayUrl: string;
  /** That the gateway verifies webhooks with. */
  readonly webhookKey: string;
  readonly pids: Readonly<Record<"gateway" | "worker" | "server", number>>;
  /** Of the Temporal server. */
  readonly metricsPort: number;
  readonly close: () => Promise<void>;
};

/** A webhook that was not acknowledged comes again within a second, and then after 15, in place of 5 s and 5 min. */
const RETRY_SCALE = 0.05;

/** The product as deployed, with a sandbox, an inbox and a Temporal server. */
export async function openProduct(
  bench: Bench,
  options: Partial<LocalStackOptions> & { readonly dbFilename?: string },
): Promise<Side> {
  const { dbFilename, ...rest } = options;
  const { temporal, metricsPort } = await serverWithMetrics(bench, dbFilename);
  const settings = { webhookRetryScale: RETRY_SCALE, ...rest.sandbox?.settings };
  const stack = await startProduct(bench, temporal, { ...rest, sandbox: { settings } });
  const [gateway, worker] = await Promise.all([stack.startGateway("1"), stack.startWorker("1")]);
  const connection = await Connection.connect({ address: temporal.address });
  return {
    sandbox: stack.sandbox,
    inbox: stack.inbox,
    client: new Client({ connection }),
    workflowIdOf: (subscriptionId) => `recovery-${subscriptionId}`,
    temporal,
    gatewayUrl: stack.gatewayUrl,
    webhookKey: stack.env.gateway["DODO_PAYMENTS_WEBHOOK_KEY"] ?? "",
    pids: { gateway: gateway.pid, worker: worker.pid, server: temporal.pid },
    metricsPort,
    close: async () => {
      await connection.close();
      await stack.stop();
      await temporal.stop();
    },
  };
}

/**
 * The hand-written recovery, with its own gateway, worker, sandbox, inbox and Temporal server.
 * @param files what `observe` wrote
 */
export async function openFloor(
  bench: Bench,
  files: Readonly<Record<"PLAN" | "MAILS", string>>,
): Promise<Side> {
  const { temporal, metricsPort } = await serverWithMetrics(bench);
  const port = await freePort("127.0.0.1");
  const webhookUrl = `http://127.0.0.1:${port}/webhooks/dodo`;
  const sandbox = await startSandbox({ settings: { webhookUrl, webhookRetryScale: RETRY_SCALE } });
  bench.cleanup.add(() => sandbox.close());
  const inbox = await startInbox();
  bench.cleanup.add(() => inbox.close());
  const env = {
    ...files,
    BUNDLE: await bundleOf(bench, "recovery/workflow"),
    TEMPORAL_ADDRESS: temporal.address,
    WEBHOOK_KEY: sandbox.webhookKey,
    API_KEY: sandbox.apiKey,
    BASE_URL: sandbox.url,
    SMTP_URL: inbox.smtpUrl,
    PORT: String(port),
  };
  const [gateway, worker] = await Promise.all([
    startFloor(bench, "recovery/gateway", env),
    startFloor(bench, "recovery/worker", env),
  ]);
  const connection = await Connection.connect({ address: temporal.address });
  return {
    sandbox,
    inbox,
    client: new Client({ connection }),
    workflowIdOf: (subscriptionId) => `floor-${subscriptionId}`,
    temporal,
    gatewayUrl: gateway.detail,
    webhookKey: sandbox.webhookKey,
    pids: { gateway: gateway.pid, worker: worker.pid, server: temporal.pid },
    metricsPort,
    close: async () => {
      await connection.close();
      await Promise.all([gateway.stop(), worker.stop()]);
      await Promise.all([sandbox.close(), inbox.close()]);
      await temporal.stop();
    },
  };
}

/** Bundles workflows of `bench/floors/` with the SDK's own settings. @returns the bundle's path */
export async function bundleOf({ folder }: Bench, workflows: string): Promise<string> {
  const path = join(folder, `${workflows.replaceAll("/", "-")}-bundle.js`);
  const workflowsPath = fileURLToPath(new URL(`../floors/${workflows}.js`, import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("ERROR") });
  writeFileSync(path, code);
  return path;
}

async function serverWithMetrics(
  bench: Bench,
  dbFilename?: string,
): Promise<{ readonly temporal: TemporalServer; readonly metricsPort: number }> {
  const metricsPort = await freePort("127.0.0.1");
  const database = dbFilename === undefined ? {} : { dbFilename };
  return { temporal: await startServer(bench, { metricsPort, ...database }), metricsPort };
}
