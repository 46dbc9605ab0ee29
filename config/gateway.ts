import type { Brand } from "../platform/customer/brand.ts";
import { readBrand } from "./brand.ts";
import type { Env } from "./env.ts";
import { Reader, readSigningKeys } from "./reader.ts";

export type GatewayConfig = {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  /** `whsec_…`, several while a key rotates. */
  readonly webhookKeys: readonly string[];
  readonly linkKeys: readonly Buffer[];
  /** Of the operator API; none = off. */
  readonly operatorKeys: readonly OperatorKey[];
  readonly taskQueue: string;
  readonly brand: Brand;
  readonly logLevel: LogLevel;
};

/** Who may use the operator API: the name is what the record shows. */
export type OperatorKey = { readonly name: string; readonly secret: string };

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** @throws ConfigError with a line for each thing wrong */
export function readGatewayConfig(env: Env): GatewayConfig {
  const reader = new Reader(env, "gateway");
  const host = reader.text("HOST") ?? "127.0.0.1";
  const port = reader.whole("PORT", 0, 65_535, 3_000);
  const config: GatewayConfig = {
    host,
    port,
    publicUrl: reader.url("PUBLIC_URL", ["http", "https"], `http://${host}:${port}`) ?? "",
    webhookKeys: readWebhookKeys(reader),
    linkKeys: readSigningKeys(reader),
    operatorKeys: readOperatorKeys(reader),
    taskQueue: reader.text("TEMPORAL_TASK_QUEUE") ?? "reprise",
    brand: readBrand(reader),
    logLevel: reader.oneOf("LOG_LEVEL", LOG_LEVELS, "info"),
  };
  reader.finish();
  return config;
}

function readWebhookKeys(reader: Reader): readonly string[] {
  const name = "DODO_PAYMENTS_WEBHOOK_KEY";
  const keys = reader.list(name);
  if (keys.length === 0) reader.required(name);
  const isMalformed = keys.some((key) => !/^whsec_[A-Za-z0-9+/_-]{16,}={0,2}$/.test(key));
  if (isMalformed) reader.problem(name, "expected whsec_… as Dodo shows it for the endpoint");
  return keys;
}

function readOperatorKeys(reader: Reader): readonly OperatorKey[] {
  const name = "OPERATOR_API_KEYS";
  const pairs = reader.list(name).map((pair) => pair.split(/:(.*)/s));
  const keys = pairs.map(([who = "", secret = ""]) => ({
    name: who.trim(),
    secret: secret.trim(),
  }));
  const isMalformed = keys.some(
    (key) => !/^[\w.-]{1,64}$/.test(key.name) || !/^\S{32,}$/.test(key.secret),
  );
  if (isMalformed) {
    reader.problem(name, "expected name:secret for each, the secret of 32 characters or more");
  }
  const secrets = new Set(keys.map(({ secret }) => secret));
  // One secret for two names: the record could not say who it was.
  if (secrets.size < keys.length)
    reader.problem(name, "expected a secret of its own for each name");
  return keys;
}
