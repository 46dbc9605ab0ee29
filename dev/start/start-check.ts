import type { WorkerConfig } from "../../config/worker.ts";
import { createDodo } from "../../dodo/adapter/create-dodo.ts";
import { type DodoFailure, failureOf } from "../../dodo/port.ts";

/** Why Dodo cannot be used, and what to do. */
export type DodoProblem = {
  /** The configuration must change; another try will not help. */
  readonly isFatal: boolean;
  readonly text: string;
};

/** Sends one read to Dodo. @returns null if it succeeds */
export async function checkDodo(config: WorkerConfig): Promise<DodoProblem | null> {
  const dodo = createDodo({ ...config, fetch: globalThis.fetch, now: Date.now });
  try {
    await dodo.checkKey();
    return null;
  } catch (error) {
    return problemOf(failureOf(error), config.environment);
  }
}

function problemOf(failure: DodoFailure, environment: WorkerConfig["environment"]): DodoProblem {
  switch (failure.kind) {
    case "unauthorized":
      return { isFatal: true, text: refusedKey(failure.httpStatus, environment) };
    case "unsent":
      return problem("cannot be reached", failure.detail);
    case "unknown":
    case "rate_limited":
    case "payment_pending":
      return problem("gave no usable answer", failure.detail);
    case "refused":
      return problem("answered with an error", `${failure.code}, HTTP ${failure.httpStatus}`);
  }
}

function refusedKey(httpStatus: number, environment: WorkerConfig["environment"]): string {
  return httpStatus === 403
    ? "This API key may not read payments. Create a key with read and write access (Dodo dashboard → Developer → API keys)."
    : `Dodo does not accept this API key in ${environment}. Test mode and live mode have different keys: ` +
        "check DODO_PAYMENTS_API_KEY and DODO_PAYMENTS_ENVIRONMENT (Dodo dashboard → Developer → API keys).";
}

function problem(what: string, detail: string): DodoProblem {
  return {
    isFatal: false,
    text: `Dodo ${what} (${detail}). Reprise starts and keeps trying; webhooks and recoveries are kept in the meantime.`,
  };
}
