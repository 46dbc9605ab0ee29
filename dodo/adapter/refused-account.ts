import type { OnRefusedAccount } from "../port.ts";
import { classOfAnswer } from "../refusals.ts";
import { codeIn } from "./errors.ts";

type Fetch = typeof globalThis.fetch;

/**
 * A fetch that notices when Dodo refuses the account's key, whatever was asked: every call of a worker passes this one
 * place. The answer is passed on after `onRefused` has ended, so no other charge leaves in between.
 */
export function watchForRefusedAccount(fetch: Fetch, onRefused: OnRefusedAccount): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    // The SDK reads the answer itself; this reads a copy, and only of a refusal.
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
