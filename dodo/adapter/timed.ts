import { requestIdOf } from "../answer-text.ts";
import type { OnRequestEnded } from "../port.ts";
import { routeOf } from "../routes.ts";

type Fetch = typeof globalThis.fetch;

/** A `fetch` that reports the end of each request. */
export function timed(
  fetch: Fetch,
  { onRequestEnded }: { readonly onRequestEnded?: OnRequestEnded | undefined },
): Fetch {
  if (onRequestEnded === undefined) return fetch;
  return async (input, init) => {
    const route = routeOf(init?.method ?? "GET", pathOf(input));
    const startedAt = performance.now();
    const end = (status: number | null, requestId: string | null): void => {
      const seconds = (performance.now() - startedAt) / 1_000;
      onRequestEnded({ route, status, requestId, seconds });
    };
    try {
      const response = await fetch(input, init);
      end(response.status, requestIdOf(response.headers));
      return response;
    } catch (error) {
      end(null, null);
      throw error;
    }
  };
}

/** Empty where the address is none. */
export function pathOf(input: Parameters<Fetch>[0]): string {
  const address = input instanceof Request ? input.url : String(input);
  return URL.canParse(address) ? new URL(address).pathname : "";
}
