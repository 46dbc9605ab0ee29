export type Process = "gateway" | "worker" | "cli";

/** A variable of the environment: who reads it, its default and its meaning. */
export type Variable = {
  readonly name: string;
  readonly readBy: readonly Process[];
  /** As the documentation shows it; null: no default. */
  readonly fallback: string | null;
  readonly required: boolean;
  /** A sentence for docs/CONFIGURATION.md, and for the error if a required variable is missing. */
  readonly meaning: string;
  /** Its value is never printed. */
  readonly secret: boolean;
  /**
   * False: reserved for a later version. A process that reads it refuses to start while it is set, because the merchant
   * expects something that this version does not do.
   */
  readonly isSupported: boolean;
  /** What `npm start` does where it is missing, a sentence; null: nothing. */
  readonly atStart: string | null;
};

const BOTH: readonly Process[] = ["gateway", "worker"];

function variable(
  name: string,
  readBy: readonly Process[],
  fallback: string | null,
  meaning: string,
  flags: Partial<Pick<Variable, "required" | "secret" | "isSupported" | "atStart">> = {},
): Variable {
  return {
    name,
    readBy,
    fallback,
    meaning,
    required: flags.required ?? false,
    secret: flags.secret ?? false,
    isSupported: flags.isSupported ?? true,
    atStart: flags.atStart ?? null,
  };
}

const OWN_TEMPORAL = "`npm start` ignores it, because it runs a Temporal server of its own.";

/** Every variable that a process reads, in the order of the documentation. */
export const VARIABLES: readonly Variable[] = [
  variable(
    "MODE",
    ["worker"],
    "act",
    "`act` charges and sends; `shadow` decides and records, and sends nothing; `advise` sends nothing either, and tells your own " +
      "charging each decision by webhook (docs/WEBHOOKS.md), so it requires `OUTGOING_WEBHOOK_URL`. " +
      "In `live_mode` the default is `shadow`.",
  ),
  variable("DODO_PAYMENTS_API_KEY", ["worker"], null, "API key of your Dodo Payments account.", {
    required: true,
    secret: true,
  }),
  variable("DODO_PAYMENTS_ENVIRONMENT", ["worker"], "test_mode", "`test_mode` or `live_mode`."),
  variable("DODO_PAYMENTS_BASE_URL", ["worker"], null, "Overrides the environment's base URL."),
  variable(
    "DODO_PAYMENTS_TIMEOUT",
    ["worker"],
    "60s",
    "Time-out of one request to Dodo, `1s` to `300s`. Temporal's time-outs of a charge follow it.",
  ),
  variable(
    "DODO_PAYMENTS_RATE_PER_MINUTE",
    ["worker"],
    "240",
    "Rate limit of the account's API, in requests a minute.",
  ),
  variable(
    "DODO_PAYMENTS_WEBHOOK_KEY",
    ["gateway"],
    null,
    "Signing secret of the webhook endpoint, `whsec_` and base64 or base64url. Several, comma-separated, while a key rotates.",
    { required: true, secret: true },
  ),
  variable("TEMPORAL_ADDRESS", BOTH, "127.0.0.1:7233", "Address of the Temporal server.", {
    atStart: OWN_TEMPORAL,
  }),
  variable("TEMPORAL_NAMESPACE", BOTH, "default", "Namespace in Temporal.", {
    atStart: OWN_TEMPORAL,
  }),
  variable("TEMPORAL_API_KEY", BOTH, null, "API key of Temporal.", { secret: true }),
  variable("TEMPORAL_TLS…", BOTH, null, "TLS to Temporal, as `@temporalio/envconfig` reads it."),
  variable("TEMPORAL_PROFILE", BOTH, null, "Profile in Temporal's configuration file."),
  variable("TEMPORAL_CONFIG_FILE", BOTH, null, "Path of Temporal's configuration file."),
  variable(
    "TEMPORAL_TASK_QUEUE",
    BOTH,
    "reprise",
    "Task queue of the workflows. Charges run on `<name>-charges`, other calls to Dodo on `<name>-dodo`.",
  ),
  variable("HOST", ["gateway"], "127.0.0.1", "Address on which the gateway listens."),
  variable("PORT", ["gateway"], "3000", "Port on which the gateway listens."),
  variable(
    "TRUST_PROXY",
    ["gateway"],
    null,
    "Proxies whose `X-Forwarded-For` is believed: addresses and networks, or how many there are. See docs/SECURITY.md.",
  ),
  variable(
    "PUBLIC_URL",
    BOTH,
    "http://127.0.0.1:3000",
    "Where customers reach the gateway. Required by the worker in `live_mode`; the gateway's own default is `http://HOST:PORT`.",
  ),
  variable(
    "LINK_SIGNING_KEYS",
    BOTH,
    null,
    "Keys that sign customers' links, each base64 of at least 32 random bytes. Several, comma-separated: the first signs.",
    {
      required: true,
      secret: true,
      atStart: "`npm start` makes one at its first start and keeps it in data/link-signing-key.",
    },
  ),
  variable("SMTP_URL", ["worker"], null, "Mail server, `smtp://…` or `smtps://…`.", {
    required: true,
    secret: true,
  }),
  variable(
    "EMAIL_FROM",
    BOTH,
    null,
    "Sender of the emails, such as `Shop <billing@shop.example>`. Without a brand, its name is the merchant's. The gateway starts without it.",
    { required: true },
  ),
  variable(
    "OPERATOR_EMAIL",
    ["worker"],
    null,
    "Who is notified when a recovery needs a person: at most one mail an hour for each cause.",
  ),
  variable(
    "TEMPORAL_UI_URL",
    ["worker"],
    null,
    "Address of the Temporal Web UI; mails to the operator link to it.",
    { atStart: "`npm start` sets the address of its own Web UI." },
  ),
  variable(
    "OPERATOR_API_KEYS",
    ["gateway"],
    null,
    "Keys of the operator API, `name:secret`, comma-separated, with secrets of at least 32 characters. The record shows the name. Without keys the API is off.",
    { secret: true },
  ),
  variable(
    "RECOVERY_POLICY",
    ["worker"],
    null,
    "Path of the policy file. Without it, the built-in policy applies.",
  ),
  variable(
    "BRAND_DIR",
    BOTH,
    null,
    "Folder with the merchant's name, logo, colour and texts: see docs/NOTICES.md.",
  ),
  variable(
    "PAYLOAD_ENCRYPTION_KEYS",
    BOTH,
    null,
    "`id:base64 key`, comma-separated: encrypts payloads in Temporal.",
    { secret: true, isSupported: false },
  ),
  variable(
    "DATABASE_URL",
    [...BOTH, "cli"],
    null,
    "PostgreSQL of the ledger, `postgres://user:password@host:port/database`: see docs/LEDGER.md. Without it there is no ledger.",
    { secret: true },
  ),
  variable(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    BOTH,
    null,
    "Where traces go by OTLP over HTTP, such as `http://127.0.0.1:4318`. Without it, none. See docs/LOGS.md.",
  ),
  variable(
    "GATEWAY_METRICS_ADDRESS",
    ["gateway"],
    null,
    "Where the gateway serves metrics at `/metrics`: an IP address and a port, such as `127.0.0.1:9464`. Without it, none.",
  ),
  variable(
    "WORKER_METRICS_ADDRESS",
    ["worker"],
    null,
    "The same for the worker, such as `127.0.0.1:9465`. See docs/MONITORING.md.",
  ),
  variable(
    "OUTGOING_WEBHOOK_URL",
    ["worker"],
    null,
    "Where `recovery.*` events are sent, `http` or `https`: see docs/WEBHOOKS.md.",
    { secret: true },
  ),
  variable(
    "OUTGOING_WEBHOOK_KEY",
    ["worker"],
    null,
    "Signs outgoing webhooks: `whsec_` and base64 or base64url of 24 to 64 random bytes. Several, comma-separated, while it rotates: each signs.",
    { secret: true },
  ),
  variable(
    "REPRISE_URL",
    ["cli"],
    null,
    "Where the command `reprise` reaches the gateway. Without it, `PUBLIC_URL`, or `http://127.0.0.1:3000`.",
  ),
  variable(
    "REPRISE_API_KEY",
    ["cli"],
    null,
    "The secret of an operator key, for the commands of `reprise` that go through the operator API: see docs/OPERATING.md.",
    { secret: true },
  ),
  variable(
    "WORKFLOW_STACK_TRACES",
    ["worker"],
    "off",
    "`on`: a failed workflow task, and Temporal's stack trace query, have a stack, at a quarter more CPU. See docs/TEMPORAL.md.",
  ),
  variable("LOG_LEVEL", BOTH, "info", "`trace`, `debug`, `info`, `warn`, `error` or `fatal`."),
];
