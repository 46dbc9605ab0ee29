import type { Policy } from "../domain/policy.ts";
import { type Mode, MODES } from "../domain/state/outcome.ts";
import type { Brand } from "../platform/customer/brand.ts";
import { readBrand } from "./brand.ts";
import type { Env } from "./env.ts";
import { LOG_LEVELS, type LogLevel } from "./log-level.ts";
import { type OutgoingWebhookConfig, readOutgoingWebhook } from "./outgoing-webhook.ts";
import { readPolicy } from "./policy.ts";
import { databaseUrl, Reader, readSigningKeys } from "./reader.ts";

export type WorkerConfig = {
  readonly apiKey: string;
  readonly environment: "test_mode" | "live_mode";
  readonly baseUrl: string | null;
  readonly requestTimeoutMs: number;
  readonly ratePerMinute: number;
  readonly taskQueue: string;
  /** `host:port`; null: no metrics. */
  readonly metricsAddress: string | null;
  /** Of an OTLP/HTTP receiver; null: no traces. */
  readonly tracesEndpoint: string | null;
  readonly publicUrl: string;
  readonly linkKeys: readonly Buffer[];
  readonly smtpUrl: string;
  readonly emailFrom: string;
  readonly operatorEmail: string | null;
  readonly webUiUrl: string | null;
  /** Null: no outgoing webhooks. */
  readonly outgoingWebhook: OutgoingWebhookConfig | null;
  readonly policy: Policy;
  readonly brand: Brand;
  readonly mode: Mode;
  /** PostgreSQL of the ledger; null: this worker keeps none. */
  readonly databaseUrl: string | null;
  readonly logLevel: LogLevel;
  /** Of workflows, not of decisions or activities. */
  readonly stackTraces: boolean;
};

/** @throws ConfigError with one line per problem */
export function readWorkerConfig(env: Env): WorkerConfig {
  const reader = new Reader(env, "worker");
  const policy = readPolicy(reader, isLiveMode(reader));
  const config: WorkerConfig = {
    apiKey: reader.required("DODO_PAYMENTS_API_KEY"),
    environment: reader.oneOf("DODO_PAYMENTS_ENVIRONMENT", ["test_mode", "live_mode"], "test_mode"),
    baseUrl: reader.url("DODO_PAYMENTS_BASE_URL", ["http", "https"], null),
    requestTimeoutMs: reader.durationMs("DODO_PAYMENTS_TIMEOUT", 1_000, 300_000, 60_000),
    ratePerMinute: reader.integer("DODO_PAYMENTS_RATE_PER_MINUTE", 6, 100_000, 240),
    taskQueue: reader.text("TEMPORAL_TASK_QUEUE") ?? "reprise",
    metricsAddress: reader.socketAddress("WORKER_METRICS_ADDRESS"),
    tracesEndpoint: reader.url("OTEL_EXPORTER_OTLP_ENDPOINT", ["http", "https"], null),
    publicUrl: readPublicUrl(reader),
    linkKeys: readSigningKeys(reader),
    smtpUrl: readSmtpUrl(reader),
    emailFrom: readAddress(reader, "EMAIL_FROM", reader.required("EMAIL_FROM")) ?? "",
    operatorEmail: readAddress(reader, "OPERATOR_EMAIL", reader.text("OPERATOR_EMAIL")),
    webUiUrl: reader.url("TEMPORAL_UI_URL", ["http", "https"], null),
    outgoingWebhook: readOutgoingWebhook(reader),
    policy,
    brand: readBrand(reader),
    mode: readMode(reader),
    databaseUrl: databaseUrl(reader),
    logLevel: reader.oneOf("LOG_LEVEL", LOG_LEVELS, "info"),
    stackTraces: reader.oneOf("WORKFLOW_STACK_TRACES", ["off", "on"], "off") === "on",
  };
  if (config.mode === "advise" && reader.text("OUTGOING_WEBHOOK_URL") === null) {
    reader.addProblem(
      "OUTGOING_WEBHOOK_URL",
      "required, because MODE=advise tells each decision by webhook: set it and OUTGOING_WEBHOOK_KEY, or another MODE",
    );
  }
  reader.finish();
  return config;
}

function isLiveMode(reader: Reader): boolean {
  return reader.text("DODO_PAYMENTS_ENVIRONMENT") === "live_mode";
}

/** In `live_mode` the default is `shadow`. @source docs/RECOVERY.md, "Shadow mode" */
function readMode(reader: Reader): Mode {
  return reader.oneOf("MODE", MODES, isLiveMode(reader) ? "shadow" : "act");
}

/** Required in `live_mode`, because customers cannot reach the default, which is on this machine. */
function readPublicUrl(reader: Reader): string {
  if (isLiveMode(reader) && reader.text("PUBLIC_URL") === null) reader.required("PUBLIC_URL");
  return reader.url("PUBLIC_URL", ["http", "https"], "http://127.0.0.1:3000") ?? "";
}

function readSmtpUrl(reader: Reader): string {
  const given = reader.required("SMTP_URL");
  return given === "" ? "" : (reader.url("SMTP_URL", ["smtp", "smtps"], null) ?? "");
}

/** An address such as `name@host` or `Name <name@host>`. */
function readAddress(reader: Reader, name: string, value: string | null): string | null {
  if (value === null || value === "") return null;
  if (/^[^<>@\s]+@[^<>@\s]+$/.test(value) || /^[^<>@]*<[^<>@\s]+@[^<>@\s]+>$/.test(value))
    return value;
  reader.addProblem(name, "expected an email address such as Billing <billing@example.com>");
  return null;
}
