import DodoPayments, {
  APIConnectionError,
  AuthenticationError,
  PermissionDeniedError,
} from "dodopayments";
import type { WorkerConfig } from "../../config/worker.ts";

/** Longer than a healthy answer takes, shorter than a person waits without wondering. */
const TIMEOUT_MS = 8_000;

/** What is wrong with how we reach Dodo, and what to do; null where one read succeeds. */
export type DodoProblem = { readonly isFatal: boolean; readonly text: string };

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
        `Dodo does not know this API key in ${environment}. Keys of test mode and live mode are different: ` +
        "check DODO_PAYMENTS_API_KEY and DODO_PAYMENTS_ENVIRONMENT (Dodo dashboard → Developer → API keys).",
    };
  }
  if (error instanceof PermissionDeniedError) {
    return {
      isFatal: true,
      text: "Dodo refuses this API key the reading of payments: make a key that may read and write.",
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  const where =
    error instanceof APIConnectionError ? "cannot be reached" : "answered with an error";
  return {
    isFatal: false,
    text: `Dodo ${where} (${detail}). Reprise starts all the same and tries again; nothing is lost meanwhile.`,
  };
}
