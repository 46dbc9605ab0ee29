import { Client } from "@temporalio/client";
import { readEnv } from "../config/env.ts";
import { readGatewayConfig } from "../config/gateway.ts";
import { orExitWithProblems } from "../config/reader.ts";
import { messageOf } from "../platform/error-message.ts";
import { createLog } from "../platform/log.ts";
import { watchGauges } from "../platform/gauges/watch-gauges.ts";
import { onShutdownSignal } from "../platform/shutdown.ts";
import {
  connectWithRetries,
  installTemporalRuntime,
  temporalAddressOf,
} from "../platform/temporal/connection.ts";
import { traceCalls } from "../platform/temporal/trace-calls.ts";
import { startTracing } from "../platform/traces/start-tracing.ts";
import { createCharges } from "./api/charges/charges.ts";
import { createChargingControl } from "./api/charges/charging-control.ts";
import { createDeliveries } from "./api/deliveries/deliveries.ts";
import { createImports } from "./api/imports/imports.ts";
import { createMandates } from "./api/mandates/mandates.ts";
import { createProofs } from "./api/recoveries/proofs.ts";
import { createRecoveryClient } from "./api/recoveries/recovery-client.ts";
import { openLedger } from "./api/reports/open-ledger.ts";
import { buildApp } from "./app.ts";
import { createBusinesses } from "./temporal/businesses.ts";
import { createCheckouts } from "./temporal/checkouts.ts";
import { createNamespaceStatus } from "./temporal/namespace-status.ts";
import { createOperatorAlerts } from "./temporal/operator-alerts.ts";
import { gatewayCounts } from "./webhook/webhook-counts.ts";
import { createRecoveries } from "./temporal/recoveries.ts";

/** Longer than the slowest answer, and shorter than the time that supervisors usually allow. */
const SHUTDOWN_DEADLINE_MS = 20_000;

const env = readEnv();
const config = orExitWithProblems(() => readGatewayConfig(env));
const log = createLog(config.logLevel, "gateway");
const tracing = await startTracing(config.tracesEndpoint, "gateway");
const metrics = installTemporalRuntime(log, config.metricsAddress, gatewayCounts);
if (config.brand.name === null) {
  log.warn(
    { event: "merchant_unnamed" },
    "customers' pages name no merchant: set EMAIL_FROM, or a name in BRAND_DIR",
  );
}

const address = temporalAddressOf(env);
const stopConnecting = new AbortController();
let client: Client | null = null;
// In the background: until it is connected the gateway answers 503, and Dodo delivers again.
const connecting = connectWithRetries(address, log, stopConnecting.signal).then(
  (connection) => {
    client = new Client({
      connection,
      namespace: address.namespace,
      ...(tracing === null ? {} : { interceptors: { workflow: [traceCalls(tracing)] } }),
    });
    log.info(
      { event: "temporal_connected", namespace: address.namespace },
      "connected to Temporal",
    );
    return connection;
  },
  () => null,
);

const ledger = await openLedger(config.databaseUrl);
const app = buildApp({
  webhookKeys: config.webhookKeys,
  recoveries: createRecoveries(() => client, config.taskQueue),
  checkouts: createCheckouts(
    () => client,
    config.taskQueue,
    () => Date.now(),
  ),
  businesses: createBusinesses(
    () => client,
    config.taskQueue,
    log,
    () => Date.now(),
  ),
  operatorAlerts: createOperatorAlerts(
    () => client,
    config.taskQueue,
    log,
    () => Date.now(),
    metrics,
  ),
  namespace: createNamespaceStatus(() => client),
  operatorKeys: config.operatorKeys,
  recoveryClient: createRecoveryClient(() => client),
  charges: createCharges(() => client, config.taskQueue),
  mandates: createMandates(() => client, config.taskQueue),
  deliveries: createDeliveries(
    () => client,
    config.taskQueue,
    () => Date.now(),
  ),
  imports: createImports(() => client, config.taskQueue),
  charging: createChargingControl(() => client, config.taskQueue),
  proofs: createProofs(
    () => client,
    config.taskQueue,
    () => Date.now(),
  ),
  reports: ledger.reports,
  links: { keys: config.linkKeys },
  trustProxy: config.trustProxy,
  brand: config.brand,
  publicUrl: config.publicUrl,
  log,
  metrics,
  tracing,
  now: () => Date.now(),
});
watchGauges(
  { metrics, client: () => client, taskQueue: config.taskQueue, log, now: () => Date.now() },
  stopConnecting.signal,
);
await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
  const detail = messageOf(error);
  log.fatal(
    { event: "listen_failed", host: config.host, port: config.port, detail },
    "the gateway cannot listen; if the port is in use, set PORT to a free one",
  );
  process.exit(1);
});
log.info({ event: "listening", host: config.host, port: config.port }, "the gateway is listening");

onShutdownSignal(log, SHUTDOWN_DEADLINE_MS, async () => {
  stopConnecting.abort();
  await app.close();
  await ledger.close();
  await (await connecting)?.close();
  await tracing?.stop();
});
