import { OPERATOR_KEYS } from "../system/gateway.ts";
import { until } from "../until.ts";

export type Answer = {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
};

/** Calls the operator API over HTTP, as a merchant's system does. */
export async function askApi(
  gatewayUrl: string,
  path: string,
  {
    body,
    headers = {},
  }: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(`${gatewayUrl}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${OPERATOR_KEYS[0].secret}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "",
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

/** Requests a charge. */
export async function askCharge(
  gatewayUrl: string,
  subscriptionId: string,
  key: string,
  body: unknown,
): Promise<Answer> {
  return await askApi(gatewayUrl, `/v1/subscriptions/${subscriptionId}/charges`, {
    body,
    headers: { "idempotency-key": key },
  });
}

/** Requests a mandate. */
export async function askMandate(gatewayUrl: string, key: string, body: unknown): Promise<Answer> {
  return await askApi(gatewayUrl, "/v1/subscriptions", {
    body,
    headers: { "idempotency-key": key },
  });
}

/** Requests a mandate again under the same key until its page is there, as a merchant does. */
export async function askUntilPage(
  ...[gatewayUrl, key, body]: Parameters<typeof askMandate>
): Promise<Answer> {
  return await until(
    async () => {
      const answer = await askMandate(gatewayUrl, key, body);
      const { status } = answer;
      return status === 503 || (status === 202 && answer.body["checkout_url"] === null)
        ? null
        : answer;
    },
    { what: `the page of ${key}`, timeoutMs: 30_000 },
  );
}

/** Requests a charge again under the same key until it is decided, as a merchant does. */
export async function askUntilDecided(
  ...[gatewayUrl, subscriptionId, key, body]: Parameters<typeof askCharge>
): Promise<Answer> {
  return await until(
    async () => {
      const answer = await askCharge(gatewayUrl, subscriptionId, key, body);
      return answer.status === 503 ? null : answer;
    },
    { what: `an answer to ${key}`, timeoutMs: 30_000 },
  );
}
