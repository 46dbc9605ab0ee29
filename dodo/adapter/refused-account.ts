import type { OnRefusedAccount } from "../port.ts";
import { classOfAnswer } from "../refusals.ts";
import { codeIn } from "./errors.ts";

type Fetch = typeof globalThis.fetch;

/**
 * A `fetch` that calls `onRefused` when Dodo refuses the account's API key. All calls of a worker go through it. It returns the
 * answer after `onRefused` has finished, so that no other charge leaves in the meantime.
 */
export function watchForRefusedAccount(fetch: Fetch, onRefused: OnRefusedAccount): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    // Reads a copy, because the SDK reads the answer itself.
    if (response.ok || response.status >= 500) return response;
    const code = codeIn(parsed(await response.clone().text()));
    const errorClass = classOfAnswer(response.status, code ?? "");
    if (errorClass === "authentication" || errorClass === "permission") {
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
