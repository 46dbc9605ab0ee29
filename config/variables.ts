/** Every variable of the environment: who reads it, what stands in for it, and what it means. */
export type Process = "gateway" | "worker";

export type Variable = {
  readonly name: string;
  readonly readBy: readonly Process[];
  /** As documentation writes it; null = no default. */
  readonly fallback: string | null;
  readonly required: boolean;
  readonly meaning: string;
  /** Its value is never printed. */
  readonly secret: boolean;
};

const BOTH: readonly Process[] = ["gateway", "worker"];

function variable(
  name: string,
  readBy: readonly Process[],
  fallback: string | null,
  meaning: string,
  extra: { readonly required?: boolean; readonly secret?: boolean } = {},
): Variable {
  return {
    name,
    readBy,
    fallback,
    meaning,
    required: extra.required ?? false,
    secret: extra.secret ?? false,
  };
}

export const VARIABLES: readonly Variable[] = [
  variable(
    "MODE",
    ["worker"],
    "act",
    "`act` works; `shadow` decides and records, and sends nothing. In `live_mode`, `shadow` until set.",
  ),
  variable("DODO_PAYMENTS_API_KEY", ["worker"], null, "Dodo's API key.", {
    required: true,
    secret: true,
  }),
  variable("DODO_PAYMENTS_ENVIRONMENT", ["worker"], "test_mode", "`test_mode` or `live_mode`."),
  variable("DODO_PAYMENTS_BASE_URL", ["worker"], null, "Overrides the environment's address."),
  variable(
    "DODO_PAYMENTS_TIMEOUT",
    ["worker"],
    "60s",
    "Of one request; Temporal's time-outs of a charge follow it.",
  ),
  variable("DODO_PAYMENTS_RATE_PER_MINUTE", ["worker"], "240", "The account's API limit."),
  variable(
    "DODO_PAYMENTS_WEBHOOK_KEY",
    ["gateway"],
    null,
    "`whsec_…`; several, comma-separated, while a key rotates.",
    { required: true, secret: true },
  ),
  variable("TEMPORAL_ADDRESS", BOTH, "127.0.0.1:7233", "Where Temporal is."),
  variable("TEMPORAL_NAMESPACE", BOTH, "default", "The namespace in Temporal."),
  variable("TEMPORAL_API_KEY", BOTH, null, "API key of Temporal.", { secret: true }),
  variable("TEMPORAL_TLS…", BOTH, null, "TLS to Temporal, as `@temporalio/envconfig` reads it."),
  variable("TEMPORAL_PROFILE", BOTH, null, "Profile in Temporal's configuration file."),
  variable("TEMPORAL_CONFIG_FILE", BOTH, null, "Path of Temporal's configuration file."),
  variable(
    "TEMPORAL_TASK_QUEUE",
    BOTH,
    "reprise",
    "Charges run on `<it>-charges`, other calls to Dodo on `<it>-dodo`.",
  ),
  variable("HOST", ["gateway"], "127.0.0.1", "Where the gateway listens."),
  variable("PORT", ["gateway"], "3000", "Where the gateway listens."),
  variable(
    "PUBLIC_URL",
    BOTH,
    "http://127.0.0.1:3000",
    "Where customers reach the gateway (its own default: `http://HOST:PORT`).",
  ),
  variable(
    "LINK_SIGNING_KEYS",
    BOTH,
    null,
    "At least 32 random bytes, base64; several, comma-separated, the first signs.",
    { required: true, secret: true },
  ),
  variable("SMTP_URL", ["worker"], null, "`smtp://…` or `smtps://…`.", {
    required: true,
    secret: true,
  }),
  variable("EMAIL_FROM", ["worker"], null, "Sender of the emails.", { required: true }),
  variable(
    "OPERATOR_EMAIL",
    ["worker"],
    null,
    "Where `needs_attention` goes: one mail an hour at most for each cause.",
  ),
  variable(
    "TEMPORAL_UI_URL",
    ["worker"],
    null,
    "The Temporal Web UI as the operator reaches it: mails to the operator link to it.",
  ),
  variable(
    "OPERATOR_API_KEYS",
    ["gateway"],
    null,
    "`name:secret`, comma-separated, secrets of 32 characters or more: the operator API, off without them; the name goes into the record.",
    { secret: true },
  ),
  variable(
    "RECOVERY_POLICY",
    ["worker"],
    null,
    "Path of the policy file; without it, the built-in policy.",
  ),
  variable(
    "BRAND_DIR",
    BOTH,
    null,
    "Folder with the merchant's name, logo, colour and words: see docs/NOTICES.md.",
  ),
  variable(
    "PAYLOAD_ENCRYPTION_KEYS",
    BOTH,
    null,
    "`id:base64 key`, comma-separated: encrypts payloads in Temporal. Not built yet: refused.",
    { secret: true },
  ),
  variable("DATABASE_URL", BOTH, null, "PostgreSQL of the ledger. Not built yet: refused.", {
    secret: true,
  }),
  variable(
    "GATEWAY_METRICS_ADDRESS",
    ["gateway"],
    null,
    "`host:port` for Prometheus. Not built yet: refused.",
  ),
  variable(
    "WORKER_METRICS_ADDRESS",
    ["worker"],
    null,
    "`host:port` for Prometheus. Not built yet: refused.",
  ),
  variable(
    "OUTGOING_WEBHOOK_URL",
    ["worker"],
    null,
    "Where `recovery.*` events go, `http` or `https`: see docs/WEBHOOKS.md.",
    { secret: true },
  ),
  variable(
    "OUTGOING_WEBHOOK_KEY",
    ["worker"],
    null,
    "`whsec_…`, base64 of 24 to 64 random bytes: signs them. Several, comma-separated, while it rotates: each signs.",
    { secret: true },
  ),
  variable("LOG_LEVEL", BOTH, "info", "`trace`, `debug`, `info`, `warn`, `error` or `fatal`."),
];

/** Set by a merchant who expects what this version cannot do: better to stop than to pretend. */
export const NOT_BUILT_YET: readonly string[] = VARIABLES.filter(({ meaning }) =>
  meaning.includes("Not built yet"),
).map(({ name }) => name);
