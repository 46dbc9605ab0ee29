import DodoPayments, {
  APIConnectionError,
  AuthenticationError,
  PermissionDeniedError,
} from "dodopayments";
import type { WorkerConfig } from "../../config/worker.ts";

/** Longer than a healthy answer takes, and short enough for a person who waits. */
const TIMEOUT_MS = 8_000;

/** Why Dodo cannot be used, and what to do. */
export type DodoProblem = {
  /** The configuration must change; another try will not help. */
  readonly isFatal: boolean;
  readonly text: string;
};

/** Sends one read to Dodo. @returns null if it succeeds */
export async function checkDodo(config: WorkerConfig): Promise<DodoProblem | null> {
  const { apiKey, environment, baseUrl } = config;
  const client = new DodoPayments({
    bearerToken: apiKey,
    ...(baseUrl === null ? { environment } : { baseURL: baseUrl }),
    maxRetries: 0,
    timeout: TIMEOUT_MS,
    logLevel: "off",
  });
  try {
    await client.payments.list({ page_size: 1 });
    return null;
  } catch (error) {
    return problemOf(error, environment);
  }
}

function problemOf(error: unknown, environment: WorkerConfig["environment"]): DodoProblem {
  if (error instanceof AuthenticationError) {
    return {
      isFatal: true,
      text:
        `Dodo does not accept this API key in ${environment}. Test mode and live mode have different keys: ` +
        "check DODO_PAYMENTS_API_KEY and DODO_PAYMENTS_ENVIRONMENT (Dodo dashboard → Developer → API keys).",
    };
  }
  if (error instanceof PermissionDeniedError) {
    return {
      isFatal: true,
      text: "This API key may not read payments. Create a key with read and write access (Dodo dashboard → Developer → API keys).",
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  const where =
    error instanceof APIConnectionError ? "cannot be reached" : "answered with an error";
  return {
    isFatal: false,
    text: `Dodo ${where} (${detail}). Reprise starts and keeps trying; webhooks and recoveries are kept in the meantime.`,
  };
}
