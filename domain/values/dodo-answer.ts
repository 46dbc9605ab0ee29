/**
 * Dodo's answer to a request that it did not carry out, or may not have: what a history keeps of it. Dodo's `message` is not part
 * of it, because it may name a customer or a card.
 */
export type DodoAnswer = {
  /** As Dodo writes it; `HTTP_<status>` where the answer has none. */
  readonly code: string;
  readonly httpStatus: number;
  /** Of the answer's header, for Dodo's support; absent where the answer has none. */
  readonly requestId?: string;
};

/** An answer as text: `NOT_FOUND (HTTP 404, request req_1)`. */
export function describeAnswer({ code, httpStatus, requestId }: DodoAnswer): string {
  const request = requestId === undefined ? "" : `, request ${requestId}`;
  return `${code} (HTTP ${httpStatus}${request})`;
}

/** The fields of an answer alone, to be passed on. */
export function answerOf({ code, httpStatus, requestId }: DodoAnswer): DodoAnswer {
  return { code, httpStatus, ...(requestId === undefined ? {} : { requestId }) };
}
