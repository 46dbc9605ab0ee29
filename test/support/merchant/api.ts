import { OPERATOR_KEYS } from "../system/gateway.ts";
import { until } from "../until.ts";

export type ApiAnswer = {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
};

/** Calls the operator API over HTTP. A call with a body is a POST. */
export async function callApi(
  gatewayUrl: string,
  path: string,
  {
    body,
    headers = {},
  }: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
): Promise<ApiAnswer> {
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

export async function requestCharge(
  gatewayUrl: string,
  subscriptionId: string,
  key: string,
  body: unknown,
): Promise<ApiAnswer> {
  return await callApi(gatewayUrl, `/v1/subscriptions/${subscriptionId}/charges`, {
    body,
    headers: { "idempotency-key": key },
  });
}

export async function requestMandate(
  gatewayUrl: string,
  key: string,
  body: unknown,
): Promise<ApiAnswer> {
  return await callApi(gatewayUrl, "/v1/subscriptions", {
    body,
    headers: { "idempotency-key": key },
  });
}

/** Repeats the request under the same key until it has a checkout page, as a merchant does. */
export async function requestMandateUntilPage(
  ...[gatewayUrl, key, body]: Parameters<typeof requestMandate>
): Promise<ApiAnswer> {
  return await until(
    async () => {
      const answer = await requestMandate(gatewayUrl, key, body);
      const { status } = answer;
      return status === 503 || (status === 202 && answer.body["checkout_url"] === null)
        ? null
        : answer;
    },
    { what: `the checkout page of ${key}` },
  );
}

/** Repeats the request under the same key until it is decided, as a merchant does. */
export async function requestChargeUntilDecided(
  ...[gatewayUrl, subscriptionId, key, body]: Parameters<typeof requestCharge>
): Promise<ApiAnswer> {
  return await until(
    async () => {
      const answer = await requestCharge(gatewayUrl, subscriptionId, key, body);
      return answer.status === 503 ? null : answer;
    },
    { what: `an answer to ${key}` },
  );
}
