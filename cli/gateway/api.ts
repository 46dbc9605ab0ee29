import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import type { CliConfig } from "../../config/cli.ts";
import { codesOf, describeForeign } from "../../domain/values/own-error.ts";
import { Failure } from "../run/failure.ts";
import { type ProblemAnswer, problemAnswer } from "./answers.ts";

/** The operator API, as the commands call it. @throws Failure, which says what went wrong and what to do */
export type Api = {
  readonly url: string;
  readonly get: <T>(path: string, answer: z.ZodType<T>) => Promise<T>;
  readonly post: <T>(path: string, answer: z.ZodType<T>, send: Sending) => Promise<T>;
};

export type Sending = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What to do if the answer is lost, because the request may have taken effect. */
  readonly ifLost: string;
  /** The command that shows what a refused action is about. */
  readonly see?: string;
};

type Request = Partial<Sending> & { readonly method: "GET" | "POST"; readonly path: string };

/** @param timeoutMs of one request, until the end of its answer */
export function createApi({ url, apiKey }: CliConfig, timeoutMs: number): Api {
  const call = async <T>(request: Request, answer: z.ZodType<T>): Promise<T> => {
    const { method, path, body, headers } = request;
    let status: number;
    let text: string;
    let location: string | null;
    try {
      const response = await fetch(`${url}/v1${path}`, {
        method,
        // A redirect would turn a POST into a GET.
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: "application/json, application/problem+json",
          authorization: `Bearer ${apiKey}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      status = response.status;
      location = response.headers.get("location");
      text = await response.text();
    } catch (error) {
      throw unreachable(error, url, timeoutMs, request.ifLost ?? null);
    }
    const json = jsonOrNull(text);
    if (status >= 200 && status < 300) {
      const read = answer.safeParse(json);
      if (read.success) return read.data;
      throw otherServer(url, `answered ${json === null ? "no JSON" : "other JSON than expected"}`);
    }
    const problem = problemAnswer.safeParse(json);
    if (problem.success) throw failureOf(problem.data, url, request);
    throw unreadable(status, location, url, request.ifLost ?? null);
  };
  return {
    url,
    get: async (path, answer) => await call({ method: "GET", path }, answer),
    post: async (path, answer, send) => await call({ method: "POST", path, ...send }, answer),
  };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Nothing was sent. */
const UNSENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "its name cannot be looked up",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no route to it",
  UND_ERR_CONNECT_TIMEOUT: "it does not accept the connection",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its TLS certificate is not trusted; NODE_EXTRA_CA_CERTS adds a CA",
  SELF_SIGNED_CERT_IN_CHAIN: "its TLS certificate is not trusted; NODE_EXTRA_CA_CERTS adds a CA",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its TLS certificate is not trusted; NODE_EXTRA_CA_CERTS adds a CA",
  CERT_HAS_EXPIRED: "its TLS certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its TLS certificate is for another name",
  ERR_SSL_WRONG_VERSION_NUMBER: "it speaks no TLS: try http instead of https",
};

function unreachable(
  error: unknown,
  url: string,
  timeoutMs: number,
  ifLost: string | null,
): Failure {
  const isTimeout = error instanceof Error && error.name === "TimeoutError";
  const codes = codesOf(error);
  const known = codes.map((code) => UNSENT[code]).find((reason) => reason !== undefined);
  const reason = isTimeout
    ? `no whole answer within ${timeoutMs / 1_000} s`
    : (known ?? `the connection broke (${describeForeign(error)})`);
  const look = "Check that the gateway runs, and that REPRISE_URL is its address.";
  return new Failure("unreachable", `Cannot reach the gateway at ${url}: ${reason}.`, {
    advice: known === undefined && ifLost !== null ? `It may have taken effect. ${ifLost}` : look,
  });
}

function otherServer(url: string, what: string): Failure {
  return new Failure("configuration", `What listens at ${url} ${what}.`, {
    advice: "Set REPRISE_URL to the address of Reprise's gateway, past any sign-in page.",
  });
}

/** An error that the API did not write: of a proxy, or of another server. */
function unreadable(
  status: number,
  location: string | null,
  url: string,
  ifLost: string | null,
): Failure {
  if (status >= 500) {
    return new Failure("unreachable", `Cannot reach the gateway behind ${url}: HTTP ${status}.`, {
      advice: ifLost === null ? "Try again later." : `It may have taken effect. ${ifLost}`,
    });
  }
  return otherServer(url, location === null ? `answered HTTP ${status}` : `leads to ${location}`);
}

function failureOf(problem: ProblemAnswer, url: string, request: Request): Failure {
  const ifLost = request.ifLost ?? null;
  const { status, code, detail, errors = [] } = problem;
  if (code === "unauthorized") {
    return new Failure("configuration", `The gateway at ${url} does not know this key.`, {
      advice:
        "REPRISE_API_KEY is the secret of an operator key alone: in OPERATOR_API_KEYS, what follows the name and the colon.",
      problem,
    });
  }
  if (code === "no_route") {
    return new Failure("configuration", `The gateway at ${url} has no such route.`, {
      advice:
        "Its operator API is off until OPERATOR_API_KEYS is set; or the gateway is older than this command.",
      problem,
    });
  }
  if (status === 429) {
    return new Failure("unreachable", detail, { advice: "Try again in a minute.", problem });
  }
  if (status >= 500) return new Failure("unreachable", detail, { advice: ifLost, problem });
  const more = errors.map(({ path, message }) => `${path.replace(/^\//, "")}: ${message}`);
  // A cursor of another list is 400.
  if (code === "invalid_request" || status === 400) {
    return new Failure("usage", more.length === 0 ? detail : more.join("; "), { problem });
  }
  return new Failure("refused", detail, { advice: adviceOf(problem, request.see), problem });
}

function adviceOf(
  { code, attempt, payment_id: paymentId }: ProblemAnswer,
  see: string | undefined,
): string | null {
  if (code === "no_recovery" && see !== undefined)
    return `It has none, or the last one has ended. See which: ${see}`;
  if (attempt === undefined || see === undefined) return null;
  const inTheWay = attempt === null ? "a payment of another kind" : `attempt ${attempt}`;
  return `In the way: ${inTheWay}, ${paymentId == null ? "no payment known" : `payment ${paymentId}`}. See it: ${see}`;
}

/** As the gateway's `Retry-After`. */
const PAUSE_MS = 3_000;

/**
 * Repeats what the gateway could not answer yet, or answers too often, until it does.
 * @param call may be repeated without harm
 */
export async function patiently<T>(
  call: () => Promise<T>,
  { limitMs, onWait }: { readonly limitMs: number; readonly onWait: () => void },
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const { problem } = error instanceof Failure ? error : { problem: null };
      const read = problemAnswer.safeParse(problem);
      const isBusy = read.success && (read.data.status === 503 || read.data.status === 429);
      if (!isBusy || Date.now() + PAUSE_MS > end) throw error;
      onWait();
      await delay(PAUSE_MS);
    }
  }
}
