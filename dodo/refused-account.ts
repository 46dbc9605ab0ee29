import { codeIn } from "./errors.ts";
import { classOfAnswer } from "./refusals.ts";

type Fetch = typeof globalThis.fetch;

/** What is done when Dodo refuses the account's key; `said` is Dodo's code and the HTTP status. */
export type OnRefusedAccount = (said: string) => Promise<void>;

/**
 * A fetch that notices when Dodo refuses the account's key, whatever was asked: every call of a worker is watched at this
 * one place. The answer is handed on once the refusal was dealt with, so that no other charge leaves meanwhile.
 */
export function watchForRefusedAccount(fetch: Fetch, onRefused: OnRefusedAccount): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    // The SDK reads the answer itself: this reads a copy, and only of a refusal.
    if (response.ok || response.status >= 500) return response;
    const code = codeIn(parsed(await response.clone().text()));
    const refusal = classOfAnswer(response.status, code ?? "");
    if (refusal === "authentication" || refusal === "permission") {
      await onRefused(`${code ?? "no code"} (HTTP ${response.status})`);
    }
    return response;
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
