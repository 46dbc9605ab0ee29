import { Client } from "@temporalio/client";
import { readEnv } from "../config/env.ts";
import { readGatewayConfig } from "../config/gateway.ts";
import { orExitWithProblems } from "../config/reader.ts";
import { createLog } from "../platform/log.ts";
import { onShutdownSignal } from "../platform/shutdown.ts";
import {
  connectPatiently,
  installTemporalRuntime,
  temporalAddressOf,
} from "../platform/temporal/connection.ts";
import { createCharges } from "./api/charges/charges.ts";
import { createChargingDesk } from "./api/charges/charging-control-routes.ts";
import { createMandates } from "./api/mandates/mandates.ts";
import { createProofs } from "./api/recoveries/proofs.ts";
import { createOperatorDesk } from "./api/recoveries/recovery-client.ts";
import { buildApp } from "./app.ts";
import { createCheckouts } from "./temporal/checkouts.ts";
import { createRecoveries } from "./temporal/recoveries.ts";

/** Longer than the slowest answer, shorter than any supervisor's patience. */
const SHUTDOWN_DEADLINE_MS = 20_000;

const env = readEnv();
const config = orExitWithProblems(() => readGatewayConfig(env));
const log = createLog(config.logLevel, "gateway");
installTemporalRuntime(log);

const address = temporalAddressOf(env);
const stopConnecting = new AbortController();
let client: Client | null = null;
// In the background: the gateway answers 503 until Temporal is there, and Dodo delivers again.
const connecting = connectPatiently(address, log, stopConnecting.signal).then(
  (connection) => {
    client = new Client({ connection, namespace: address.namespace });
    log.info(
      { event: "temporal_connected", namespace: address.namespace },
      "connected to Temporal",
    );
    return connection;
  },
  () => null,
);

const app = buildApp({
  webhookKeys: config.webhookKeys,
  recoveries: createRecoveries(() => client, config.taskQueue),
  checkouts: createCheckouts(
    () => client,
    config.taskQueue,
    () => Date.now(),
  ),
  operatorKeys: config.operatorKeys,
  desk: createOperatorDesk(() => client),
  charges: createCharges(() => client, config.taskQueue),
  mandates: createMandates(() => client, config.taskQueue),
  charging: createChargingDesk(() => client, config.taskQueue),
  proofs: createProofs(
    () => client,
    config.taskQueue,
    () => Date.now(),
  ),
  links: { keys: config.linkKeys },
  brand: config.brand,
  publicUrl: config.publicUrl,
  log,
  now: () => Date.now(),
});
await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
  const detail = error instanceof Error ? error.message : String(error);
  log.fatal(
    { event: "cannot_listen", host: config.host, port: config.port, detail },
    "cannot listen: is the port taken? Set PORT to a free one",
  );
  process.exit(1);
});
log.info({ event: "listening", host: config.host, port: config.port }, "the gateway listens");

onShutdownSignal(log, SHUTDOWN_DEADLINE_MS, async () => {
  stopConnecting.abort();
  await app.close();
  await (await connecting)?.close();
});
