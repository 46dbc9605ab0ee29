import { DAY_MS, type Instant } from "../../../domain/values/time.ts";

/**
 * What an account does with the header `Idempotency-Key`. `successes_stored`, `every_answer_stored`: it answers a repeated key with
 * the stored answer, for a day; the second stores errors too, 429 and 5xx included.
 * @source docs/dodo/open-questions.md, "Idempotency header"
 */
export type IdempotencyKeys = "ignored" | "successes_stored" | "every_answer_stored";

/** The first request with the key is still being processed. */
export const KEY_IN_PROGRESS = { httpStatus: 409, code: "IDEMPOTENCY_KEY_IN_PROGRESS" } as const;

const KEY_REUSED = { kind: "refused", httpStatus: 422, code: "IDEMPOTENCY_KEY_REUSED" } as const;

/** A request with a key. */
export type KeyedRequest = { readonly key: string; readonly fingerprint: string };

export type KeyedAnswer =
  | { readonly kind: "given"; readonly result: unknown; readonly paymentId: string | null }
  | { readonly kind: "refused"; readonly httpStatus: number; readonly code: string };

const STORED_MS = DAY_MS;

/** An account whose processing hangs answers so for longer than the fence lasts. */
const IN_PROGRESS_MS = 3 * DAY_MS;

type Stored = {
  readonly fingerprint: string;
  readonly until: Instant;
  readonly answer: KeyedAnswer;
};

/** The answers of an account, by the key of the request. */
export class KeyedAnswers {
  readonly #policy: IdempotencyKeys;
  readonly #stored = new Map<string, Stored>();

  constructor(policy: IdempotencyKeys) {
    this.#policy = policy;
  }

  /** The answer to a repeated key; null for a new one. */
  answerTo(request: KeyedRequest | null, now: Instant): KeyedAnswer | null {
    const stored = request === null ? undefined : this.#stored.get(request.key);
    if (stored === undefined || now >= stored.until) return null;
    return stored.fingerprint === request?.fingerprint ? stored.answer : KEY_REUSED;
  }

  /** Stores the first answer, as far as the account does. */
  store(request: KeyedRequest | null, now: Instant, answer: KeyedAnswer): void {
    if (request === null || this.answerTo(request, now) !== null) return;
    const isError = answer.kind === "refused";
    const isInProgress = isError && answer.code === KEY_IN_PROGRESS.code;
    const isStored = !isError || isInProgress || this.#policy === "every_answer_stored";
    if (this.#policy === "ignored" || !isStored) return;
    const until = now + (isInProgress ? IN_PROGRESS_MS : STORED_MS);
    this.#stored.set(request.key, { fingerprint: request.fingerprint, until, answer });
  }
}
