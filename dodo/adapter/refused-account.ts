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
    if (response.ok || response.status >= 500 || isOptional(input)) return response;
    const code = codeIn(parsed(await response.clone().text()));
    const errorClass = classOfAnswer(response.status, code ?? "");
    if (errorClass === "authentication" || errorClass === "permission") {
      await onRefused(`${code ?? "no code"} (HTTP ${response.status})`);
    }
    return response;
  };
}

/** A key may lack the permission to read products: only a name in mails would be missing. */
function isOptional(input: Parameters<Fetch>[0]): boolean {
  const url = input instanceof Request ? input.url : String(input);
  return URL.canParse(url) && /\/products\/[^/]+$/.test(new URL(url).pathname);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
