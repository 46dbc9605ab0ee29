import { Client } from "@temporalio/client";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import type { FastifyInstance } from "fastify";
import { type Brand, PLAIN_BRAND } from "../../../platform/customer/brand.ts";
import { createLog } from "../../../platform/log.ts";
import { NO_METRICS } from "../../../platform/metrics/metrics.ts";
import { createCharges } from "../../../server/api/charges/charges.ts";
import { createChargingControl } from "../../../server/api/charges/charging-control.ts";
import { createDeliveries } from "../../../server/api/deliveries/deliveries.ts";
import { createImports } from "../../../server/api/imports/imports.ts";
import { createMandates } from "../../../server/api/mandates/mandates.ts";
import { createProofs } from "../../../server/api/recoveries/proofs.ts";
import { createRecoveryClient } from "../../../server/api/recoveries/recovery-client.ts";
import { type AppDependencies, buildApp } from "../../../server/app.ts";
import type { Businesses } from "../../../server/temporal/businesses.ts";
import { createCheckouts } from "../../../server/temporal/checkouts.ts";
import { createNamespaceStatus } from "../../../server/temporal/namespace-status.ts";
import { createOperatorAlerts } from "../../../server/temporal/operator-alerts.ts";
import { createRecoveries } from "../../../server/temporal/recoveries.ts";
import { WEBHOOK_KEY } from "../webhooks.ts";

export const LINK_KEY = Buffer.alloc(32, 9);

function clientOf({ nativeConnection, namespace }: TestWorkflowEnvironment): Client {
  return new Client({ connection: nativeConnection, namespace: namespace ?? "default" });
}

/** Tests of many businesses share a namespace. */
export const ANY_BUSINESS: Businesses = { isOurs: async () => await Promise.resolve(true) };

export const OPERATOR_KEYS = [
  { name: "anna", secret: "anna-secret-of-thirty-two-characters" },
  { name: "billing", secret: "billing-secret-of-thirty-two-letters" },
] as const;

type Surroundings = Pick<
  AppDependencies,
  "publicUrl" | "trustProxy" | "log" | "tracing" | "reports"
>;

/** The gateway with the test run's Temporal, not listening. */
export function buildTestGateway(
  environment: TestWorkflowEnvironment | null,
  taskQueue: string,
  webhookKeys: readonly string[] = [WEBHOOK_KEY],
  brand: Brand = PLAIN_BRAND,
  client: Client | null = environment === null ? null : clientOf(environment),
  businesses: Businesses = ANY_BUSINESS,
  {
    publicUrl = "http://127.0.0.1:3000",
    trustProxy = false,
    reports = null,
    log = createLog("fatal", "gateway"),
    tracing = null,
  }: Partial<Surroundings> = {},
): FastifyInstance {
  return buildApp({
    webhookKeys,
    businesses,
    operatorAlerts: createOperatorAlerts(
      () => client,
      taskQueue,
      log,
      () => Date.now(),
    ),
    namespace: createNamespaceStatus(() => client),
    recoveries: createRecoveries(() => client, taskQueue),
    checkouts: createCheckouts(
      () => client,
      taskQueue,
      () => Date.now(),
    ),
    operatorKeys: OPERATOR_KEYS,
    recoveryClient: createRecoveryClient(() => client),
    charges: createCharges(() => client, taskQueue),
    mandates: createMandates(() => client, taskQueue),
    deliveries: createDeliveries(
      () => client,
      taskQueue,
      () => Date.now(),
    ),
    imports: createImports(() => client, taskQueue),
    charging: createChargingControl(() => client, taskQueue),
    proofs: createProofs(
      () => client,
      taskQueue,
      () => Date.now(),
    ),
    reports,
    links: { keys: [LINK_KEY] },
    brand,
    publicUrl,
    trustProxy,
    log,
    tracing,
    metrics: NO_METRICS,
    now: () => Date.now(),
  });
}
