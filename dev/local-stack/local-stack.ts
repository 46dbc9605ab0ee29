import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mode } from "../../domain/state/outcome.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/sandbox.ts";
import { freePort } from "../process/ports.ts";
import { type Inbox, startInbox } from "./inbox.ts";
import {
  type Build,
  type Service,
  type ServiceOptions,
  startService,
  untilLogged,
} from "./services.ts";

/** Sandbox Dodo, inbox, gateway and workers on one machine. Gateway and workers are separate processes, as deployed. */
export type LocalStack = {
  readonly sandbox: Sandbox;
  readonly inbox: Inbox;
  readonly gatewayUrl: string;
  readonly taskQueue: string;
  /** Of each process, for tests that start one in a way of their own. */
  readonly env: Readonly<Record<"gateway" | "worker", Readonly<Record<string, string>>>>;
  /** Starts a worker and waits until it polls. `run` names its log file. */
  readonly startWorker: (run: string, build?: Build) => Promise<Service>;
  /** Starts a gateway and waits until it listens. `run` names its log file. */
  readonly startGateway: (run: string) => Promise<Service>;
  /** Stops everything that runs. */
  readonly stop: () => Promise<void>;
};

export type LocalStackOptions = {
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly uiUrl?: string | null;
  };
  /** Temporal's address for workers, if they reach it through a proxy. */
  readonly workerTemporalAddress?: string;
  readonly taskQueue: string;
  /** For logs and the policy file. */
  readonly folder: string;
  /** The policy file's content, YAML. Absent: the built-in policy. */
  readonly policy?: string;
  readonly sandbox?: SandboxOptions;
  /** Absent: free ports. */
  readonly ports?: { readonly gateway: number; readonly inbox: number; readonly sandbox: number };
  readonly requestTimeout?: string;
  /** `DODO_PAYMENTS_RATE_PER_MINUTE`. Absent: far above what a machine reaches, as the sandbox has no limit. */
  readonly ratePerMinute?: number;
  /** `OPERATOR_API_KEYS`. Absent: the operator API is off. */
  readonly operatorKeys?: string;
  readonly mode?: Mode;
  /** What gateway and workers run from, unless `startWorker` is given another build. */
  readonly build?: Build;
  /** Further variables of both processes. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the demo's worker, whose activities follow the skipped time of their recovery. */
  readonly skipsTime?: boolean;
};

const HOST = "127.0.0.1";
/** As emails, the customer's page and Dodo's page name the merchant. */
const MERCHANT = "Sample Shop";

export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { folder, taskQueue } = options;
  mkdirSync(folder, { recursive: true });
  const webhookKey = `whsec_${randomBytes(24).toString("base64")}`;
  const gatewayPort = options.ports?.gateway ?? (await freePort(HOST));
  const gatewayUrl = `http://${HOST}:${gatewayPort}`;
  const sandbox = await startSandbox({
    ...options.sandbox,
    ...(options.ports === undefined ? {} : { port: options.ports.sandbox }),
    settings: {
      businessName: MERCHANT,
      webhookUrl: `${gatewayUrl}/webhooks/dodo`,
      webhookKey,
      ...options.sandbox?.settings,
    },
  });
  const inbox = await startInbox(options.ports === undefined ? {} : { port: options.ports.inbox });
  const sharedEnv = {
    EMAIL_FROM: `${MERCHANT} <billing@shop.example>`,
    TEMPORAL_ADDRESS: options.temporal.address,
    TEMPORAL_NAMESPACE: options.temporal.namespace,
    TEMPORAL_TASK_QUEUE: taskQueue,
    LINK_SIGNING_KEYS: randomBytes(32).toString("base64"),
    PUBLIC_URL: gatewayUrl,
    ...options.env,
  };
  const services: Service[] = [];
  const start = async (options: ServiceOptions, ready: string): Promise<Service> => {
    const service = startService(options);
    services.push(service);
    await untilLogged(service, ready);
    return service;
  };
  const worker = { ...sharedEnv, ...workerEnv(options, sandbox, inbox) };
  const gateway = {
    ...sharedEnv,
    DODO_PAYMENTS_WEBHOOK_KEY: webhookKey,
    HOST,
    PORT: String(gatewayPort),
    ...(options.operatorKeys === undefined ? {} : { OPERATOR_API_KEYS: options.operatorKeys }),
  };
  const service = { logFolder: folder, ...buildOf(options.build) };
  const entry = options.skipsTime === true ? { entry: "dev/demo/demo-worker" } : {};
  return {
    sandbox,
    inbox,
    gatewayUrl,
    taskQueue,
    env: { gateway, worker },
    startWorker: async (run, build) =>
      await start(
        { ...service, ...buildOf(build), ...entry, name: "worker", env: worker, run },
        "worker_started",
      ),
    startGateway: async (run) =>
      await start({ ...service, name: "gateway", env: gateway, run }, "listening"),
    stop: async () => {
      await Promise.all(services.map((service) => service.stop()));
      await sandbox.close();
      await inbox.close();
    },
  };
}

function buildOf(build: Build | undefined): { readonly build?: Build } {
  return build === undefined ? {} : { build };
}

function workerEnv(
  {
    folder,
    policy,
    requestTimeout,
    ratePerMinute = 60_000,
    mode,
    temporal,
    workerTemporalAddress,
  }: LocalStackOptions,
  sandbox: Sandbox,
  inbox: Inbox,
): Readonly<Record<string, string>> {
  const policyFile = join(folder, "policy.yaml");
  if (policy !== undefined) writeFileSync(policyFile, policy);
  return {
    DODO_PAYMENTS_API_KEY: sandbox.apiKey,
    DODO_PAYMENTS_BASE_URL: sandbox.url,
    DODO_PAYMENTS_RATE_PER_MINUTE: String(ratePerMinute),
    SMTP_URL: inbox.smtpUrl,
    OPERATOR_EMAIL: "operator@shop.example",
    MODE: mode ?? "act",
    ...(workerTemporalAddress === undefined ? {} : { TEMPORAL_ADDRESS: workerTemporalAddress }),
    ...(temporal.uiUrl == null ? {} : { TEMPORAL_UI_URL: temporal.uiUrl }),
    ...(policy === undefined ? {} : { RECOVERY_POLICY: policyFile }),
    ...(requestTimeout === undefined ? {} : { DODO_PAYMENTS_TIMEOUT: requestTimeout }),
  };
}
