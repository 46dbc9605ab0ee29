import { codesOf, describeForeign } from "../../../domain/values/own-error.ts";

export type Answered = {
  readonly kind: "answered";
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
};

/** `detail`: a code such as `ECONNREFUSED`. */
export type Unanswered = { readonly kind: "unanswered"; readonly detail: string };

/** More than any answer that a check reads. */
const BODY_CHARACTERS_MAX = 2_000;

/** One HTTP request, which follows no redirect. Never throws. */
export async function request(
  url: string,
  timeoutMs: number,
  init: RequestInit = {},
): Promise<Answered | Unanswered> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = (await response.text()).slice(0, BODY_CHARACTERS_MAX);
    const { status, headers } = response;
    return { kind: "answered", status, body, location: headers.get("location") };
  } catch (error) {
    if (error instanceof Error && error.name === "TimeoutError") {
      return { kind: "unanswered", detail: `no answer within ${timeoutMs / 1_000} s` };
    }
    return { kind: "unanswered", detail: codesOf(error)[0] ?? describeForeign(error) };
  }
}
