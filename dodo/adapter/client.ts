import DodoPayments from "dodopayments";
import type { Instant } from "../../domain/values/time.ts";
import { DODO_LIMITS } from "../limits.ts";
import { DodoError, type OnRefusedAccount, type Tries } from "../port.ts";
import { fieldsOf } from "../shapes.ts";
import { watchForRefusedAccount } from "./refused-account.ts";

export type DodoSettings = {
  readonly apiKey: string;
  readonly environment: "test_mode" | "live_mode";
  /** Overrides the environment's address. */
  readonly baseUrl: string | null;
  /** Of one request that may charge. */
  readonly requestTimeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
  /** Stands for the times that an answer leaves out. */
  readonly now: () => Instant;
  readonly onRefusedAccount?: OnRefusedAccount;
};

/** Reads are small; a read that hangs must not use up the time in which a charge may leave. */
const READ_TIMEOUT_MS = 10_000;

/** What a call tells the SDK: how often to send the request, and how long one may take. */
export type Sending = { readonly maxRetries: number; readonly timeout: number };

/** Dodo's SDK as the adapter uses it. */
export type Client = {
  readonly sdk: DodoPayments;
  readonly reading: (tries: Tries) => Sending;
  /** For a call that may charge: after a lost answer the SDK would send it again. @source docs/dodo/api.md, "SDK retries" */
  readonly once: Sending;
  readonly now: () => Instant;
};

export function createClient(settings: DodoSettings): Client {
  const { apiKey, environment, baseUrl, fetch, requestTimeoutMs, onRefusedAccount, now } = settings;
  const sdk = new DodoPayments({
    bearerToken: apiKey,
    ...(baseUrl === null ? { environment } : { baseURL: baseUrl }),
    fetch: onRefusedAccount === undefined ? fetch : watchForRefusedAccount(fetch, onRefusedAccount),
    // Nothing is sent twice unless a call says so.
    maxRetries: 0,
    logLevel: "off",
  });
  return { sdk, reading, once: { maxRetries: 0, timeout: requestTimeoutMs }, now };
}

function reading(tries: Tries): Sending {
  return tries === "patient"
    ? { maxRetries: 2, timeout: READ_TIMEOUT_MS }
    : { maxRetries: 0, timeout: READ_TIMEOUT_MS / 2 };
}

/**
 * Which page of a list to ask for. Pages are turned by hand: the SDK's own iteration counts from 1 and skips the second.
 * @param page 0-based
 * @source docs/dodo/api.md, "Pagination"
 */
export const pageAt = (page: number): { page_number: number; page_size: number } => ({
  page_number: page,
  page_size: DODO_LIMITS.pageSize,
});

/** The rows of a page. The SDK takes an answer without `items` for an empty list, which would prove that nothing was paid. */
export function itemsOf(page: object): readonly unknown[] {
  const { items } = fieldsOf(fieldsOf(page)["body"]);
  if (Array.isArray(items)) return items;
  throw new DodoError({ kind: "unknown", detail: "Dodo's answer has no list" });
}
