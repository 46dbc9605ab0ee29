import { describeAnswer } from "../../domain/values/dodo-answer.ts";
import { documentedWordsOf } from "../answer-text.ts";
import type { OnRefusedAccount, OnRefusedRequest } from "../port.ts";
import { classOfAnswer } from "../refusals.ts";
import { fieldsOf } from "../shapes.ts";
import { answerIn } from "./errors.ts";
import { pathOf } from "./timed.ts";

type Fetch = typeof globalThis.fetch;

type Listeners = {
  readonly onRefusedAccount?: OnRefusedAccount | undefined;
  readonly onRefusedRequest?: OnRefusedRequest | undefined;
};

/**
 * A `fetch` that reports each error that Dodo answers, and calls `onRefusedAccount` when Dodo refuses the account's API key. All
 * calls of a worker go through it. It returns the answer after `onRefusedAccount` has finished, so that no other charge leaves in
 * the meantime.
 */
export function watchForRefusals(fetch: Fetch, listeners: Listeners): Fetch {
  const { onRefusedAccount, onRefusedRequest } = listeners;
  if (onRefusedAccount === undefined && onRefusedRequest === undefined) return fetch;
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.ok) return response;
    // Reads a copy, because the SDK reads the answer itself.
    const body = parsed(await textOf(response.clone()));
    const answer = answerIn(response.status, body, response.headers);
    const { method = "GET" } = init ?? {};
    const path = pathOf(input);
    const said = documentedWordsOf(fieldsOf(body)["message"]);
    onRefusedRequest?.({ ...answer, method, path, said });
    if (response.status >= 500 || isOptional(path)) return response;
    const errorClass = classOfAnswer(answer.httpStatus, answer.code);
    if (errorClass === "authentication" || errorClass === "permission") {
      await onRefusedAccount?.(describeAnswer(answer));
    }
    return response;
  };
}

/** A key may lack the permission to read products: only a name in mails would be missing. */
function isOptional(path: string): boolean {
  return /\/products\/[^/]+$/.test(path);
}

/** Empty if the connection breaks before the answer has ended: the SDK meets the same error, and classifies it. */
async function textOf(response: Response): Promise<string> {
  return await response.text().catch(() => "");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
