import DodoPayments from "dodopayments";
import type { Instant } from "../../domain/values/time.ts";
import { DODO_LIMITS } from "../limits.ts";
import {
  DodoError,
  type OnRefusedAccount,
  type OnRefusedRequest,
  type OnRequestEnded,
  type Tries,
} from "../port.ts";
import { fieldsOf } from "../shapes.ts";
import { timed } from "./timed.ts";
import { watchForRefusals } from "./refused-account.ts";

export type DodoSettings = {
  readonly apiKey: string;
  readonly environment: "test_mode" | "live_mode";
  /** Overrides the environment's base URL. */
  readonly baseUrl: string | null;
  /** For one request that may charge. */
  readonly requestTimeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
  /** Replaces the times that an answer lacks. */
  readonly now: () => Instant;
  readonly onRefusedAccount?: OnRefusedAccount;
  readonly onRefusedRequest?: OnRefusedRequest;
  readonly onRequestEnded?: OnRequestEnded;
};

/** Short, because a read that hangs would use up the time in which a charge may leave. */
const READ_TIMEOUT_MS = 10_000;

/** The SDK's options for one call. */
export type Sending = { readonly maxRetries: number; readonly timeout: number };

/** Dodo's SDK, with the options for each kind of call. */
export type Client = {
  readonly sdk: DodoPayments;
  readonly reading: (tries: Tries) => Sending;
  /** For a call that may charge: by default the SDK sends it again after a lost answer. @source docs/dodo/api.md, "SDK retries" */
  readonly once: Sending;
  readonly now: () => Instant;
};

export function createClient(settings: DodoSettings): Client {
  const { apiKey, environment, baseUrl, fetch, requestTimeoutMs, now } = settings;
  const sdk = new DodoPayments({
    bearerToken: apiKey,
    ...(baseUrl === null ? { environment } : { baseURL: baseUrl }),
    fetch: watchForRefusals(timed(withoutRedirects(fetch), settings), settings),
    // Each call sets its own number of retries.
    maxRetries: 0,
    logLevel: "off",
  });
  return { sdk, reading, once: { maxRetries: 0, timeout: requestTimeoutMs }, now };
}

/** Dodo's API redirects nowhere. A followed redirect would carry a charge, or what Dodo knows of a customer, to another server. */
function withoutRedirects(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => await fetch(input, { ...init, redirect: "manual" });
}

function reading(tries: Tries): Sending {
  return tries === "patient"
    ? { maxRetries: 2, timeout: READ_TIMEOUT_MS }
    : { maxRetries: 0, timeout: READ_TIMEOUT_MS / 2 };
}

/**
 * The query for one page of a list. The SDK's own iteration is not used: it counts from 1 and skips the second page.
 * @param page 0-based
 * @source docs/dodo/api.md, "Pagination"
 */
export const pageAt = (page: number): { page_number: number; page_size: number } => ({
  page_number: page,
  page_size: DODO_LIMITS.pageSize,
});

/** The rows of a page. The SDK returns an empty list for an answer without `items`, which would prove that nothing was paid. */
export function itemsOf(page: object): readonly unknown[] {
  const { items } = fieldsOf(fieldsOf(page)["body"]);
  if (Array.isArray(items)) return items;
  throw new DodoError({ kind: "unknown", detail: "Dodo's answer has no list" });
}
