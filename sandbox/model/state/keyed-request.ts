/** What Dodo answers. */
export type Answer = { readonly status: number; readonly body: unknown };

/** The first request with an `Idempotency-Key`. */
export type KeyedRequest = {
  /** Method, address and body. */
  readonly fingerprint: string;
  readonly receivedAt: number;
  /** Null while the request is being processed. */
  answer: Answer | null;
};
