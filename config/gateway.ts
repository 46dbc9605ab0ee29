import { isIP } from "node:net";
import type { Brand } from "../platform/customer/brand.ts";
import { readBrand } from "./brand.ts";
import type { Env } from "./env.ts";
import { LOG_LEVELS, type LogLevel } from "./log-level.ts";
import { databaseUrl, Reader, readSigningKeys } from "./reader.ts";
import { type SecretBytes, signingSecretOf } from "./signing-secret.ts";

export type GatewayConfig = {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  /** Proxies whose `X-Forwarded-For` is believed: addresses and networks, or how many there are. */
  readonly trustProxy: false | number | string[];
  /** `whsec_…`; several while a key rotates. */
  readonly webhookKeys: readonly string[];
  readonly linkKeys: readonly Buffer[];
  /** Keys of the operator API, which is off without any. */
  readonly operatorKeys: readonly OperatorKey[];
  readonly taskQueue: string;
  /** `host:port`; null: no metrics. */
  readonly metricsAddress: string | null;
  /** Of an OTLP/HTTP receiver; null: no traces. */
  readonly tracesEndpoint: string | null;
  /** PostgreSQL of the ledger; null: there is none. */
  readonly databaseUrl: string | null;
  readonly brand: Brand;
  readonly logLevel: LogLevel;
};

/** A key of the operator API. The record of an action shows the name. */
export type OperatorKey = { readonly name: string; readonly secret: string };

/** @throws ConfigError with one line per problem */
export function readGatewayConfig(env: Env): GatewayConfig {
  const reader = new Reader(env, "gateway");
  const host = reader.text("HOST") ?? "127.0.0.1";
  const port = reader.integer("PORT", 0, 65_535, 3_000);
  const config: GatewayConfig = {
    host,
    port,
    publicUrl: reader.url("PUBLIC_URL", ["http", "https"], `http://${host}:${port}`) ?? "",
    trustProxy: readTrustProxy(reader),
    webhookKeys: readWebhookKeys(reader),
    linkKeys: readSigningKeys(reader),
    operatorKeys: readOperatorKeys(reader),
    taskQueue: reader.text("TEMPORAL_TASK_QUEUE") ?? "reprise",
    metricsAddress: reader.socketAddress("GATEWAY_METRICS_ADDRESS"),
    tracesEndpoint: reader.url("OTEL_EXPORTER_OTLP_ENDPOINT", ["http", "https"], null),
    databaseUrl: databaseUrl(reader),
    brand: readBrand(reader),
    logLevel: reader.oneOf("LOG_LEVEL", LOG_LEVELS, "info"),
  };
  reader.finish();
  return config;
}

/** More proxies than anybody has in a row. */
const HOPS_MAX = 10;

function readTrustProxy(reader: Reader): false | number | string[] {
  const name = "TRUST_PROXY";
  const given = reader.list(name);
  if (given.length === 0) return false;
  const [only = ""] = given;
  const hops = given.length === 1 && /^\d{1,2}$/.test(only) ? Number(only) : null;
  if (hops !== null ? hops >= 1 && hops <= HOPS_MAX : given.every(isNetwork))
    return hops ?? [...given];
  reader.addProblem(
    name,
    `expected addresses or networks of your proxies, such as 10.0.0.0/8, or how many there are, 1 to ${HOPS_MAX}`,
  );
  return false;
}

/** An address or a network of some addresses; a network of all would believe everybody. */
function isNetwork(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}

/** Dodo chooses the length. A shorter secret is a part of one. */
const WEBHOOK_SECRET_BYTES: SecretBytes = { min: 12, max: 1_024 };

function readWebhookKeys(reader: Reader): readonly string[] {
  const name = "DODO_PAYMENTS_WEBHOOK_KEY";
  const given = reader.list(name);
  if (given.length === 0) reader.required(name);
  const keys = given
    .map((key) => signingSecretOf(key, WEBHOOK_SECRET_BYTES))
    .filter((key) => key !== null);
  if (keys.length < given.length) {
    reader.addProblem(
      name,
      "expected whsec_ and base64 or base64url, whole, as Dodo shows it for the webhook endpoint",
    );
  }
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
    reader.addProblem(
      name,
      "expected name:secret for each key, with a secret of at least 32 characters",
    );
  }
  const secrets = new Set(keys.map(({ secret }) => secret));
  // With one secret for two names, the record could not tell them apart.
  if (secrets.size < keys.length)
    reader.addProblem(name, "expected a different secret for each name");
  return keys;
}
