import DodoPayments, { APIError, APIUserAbortError } from "dodopayments";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { onTestFinished } from "vitest";
import type { SandboxClient } from "../../sandbox/control/client.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/sandbox.ts";
import type { SettingsPatch } from "../../sandbox/settings.ts";
import { until } from "../support/until.ts";

export type SandboxSetup = {
  readonly sandbox: Sandbox;
  readonly control: SandboxClient;
  /** Dodo's SDK, with its retries off. */
  readonly dodo: DodoPayments;
};

/** Starts a sandbox for one test, with Dodo's SDK connected to it. */
export async function setUpSandbox(options: SandboxOptions = {}): Promise<SandboxSetup> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return { sandbox, control: sandbox.control, dodo: sdk(sandbox) };
}

export function sdk(
  sandbox: Sandbox,
  options: { maxRetries?: number; timeout?: number; bearerToken?: string; now?: number } = {},
): DodoPayments {
  const { maxRetries, timeout, bearerToken, now } = options;
  return new DodoPayments({
    bearerToken: bearerToken ?? sandbox.apiKey,
    baseURL: sandbox.url,
    maxRetries: maxRetries ?? 0,
    logLevel: "off",
    ...(timeout === undefined ? {} : { timeout }),
    ...(now === undefined ? {} : { defaultHeaders: { "x-sandbox-now": String(now) } }),
  });
}

export type ReceivedWebhook = {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  readonly data: Record<string, unknown>;
};

export type WebhookReceiver = {
  readonly url: string;
  readonly received: ReceivedWebhook[];
  readonly types: () => string[];
  /** The HTTP statuses of the next answers; 200 once they are used up. */
  readonly answers: number[];
};

/** In `answers`: the receiver does not answer. */
export const NO_ANSWER = 0;

/** Starts the merchant's webhook endpoint. */
export async function startReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      // A client that follows the redirect below would come back with a GET.
      if (request.method !== "POST") {
        response.end();
        return;
      }
      const body = Buffer.concat(chunks).toString("utf8");
      const { type, data } = JSON.parse(body);
      const id = String(request.headers["webhook-id"]);
      received.push({ id, type, body, headers: request.headers, data });
      const answer = answers.shift() ?? 200;
      if (answer === NO_ANSWER) return;
      response.statusCode = answer;
      response.setHeader("location", "/elsewhere");
      response.end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhooks/dodo`,
    received,
    answers,
    types: () => received.map(({ type }) => type),
  };
}

export type SetupWithReceiver = SandboxSetup & { readonly endpoint: WebhookReceiver };

/** Starts a sandbox that delivers its webhooks to a receiver. */
export async function setUpWithReceiver(settings: SettingsPatch = {}): Promise<SetupWithReceiver> {
  const endpoint = await startReceiver();
  const setup = await setUpSandbox({ settings: { webhookUrl: endpoint.url, ...settings } });
  return { ...setup, endpoint };
}

/**
 * Waits for a number of deliveries, and until no other is waiting, so that an unexpected one is noticed.
 * @returns the types of all events that were received
 */
export async function untilDelivered(
  { endpoint, control }: SetupWithReceiver,
  count: number,
): Promise<string[]> {
  await until(() => endpoint.received.length >= count);
  await until(async () => (await control.deliveries()).every(({ state }) => state !== "waiting"));
  return endpoint.types();
}

/** @throws WebhookVerificationError */
export function verifySignature({ body, headers }: ReceivedWebhook, key: string): unknown {
  return new Webhook(key).verify(body, headers as Record<string, string>);
}

/** Waits until a payment reaches a terminal status. */
export async function untilEnded(
  dodo: DodoPayments,
  paymentId: string,
): Promise<DodoPayments.Payment> {
  return await until(async () => {
    const payment = await dodo.payments.retrieve(paymentId);
    return ["succeeded", "failed", "cancelled"].includes(payment.status ?? "") ? payment : null;
  });
}

/** Creates a subscription whose charge of 2900 is declined, which puts it on hold. */
export async function subscriptionOnHold(
  { control, dodo }: SandboxSetup,
  input: Parameters<SandboxClient["createSubscription"]>[0] = {},
): Promise<{ subscriptionId: string; customerId: string; failed: string }> {
  const { subscriptionId, customerId } = await control.createSubscription(input);
  const { paymentId } = await control.charge(subscriptionId, {
    outcome: { decline: "INSUFFICIENT_FUNDS" },
  });
  await untilEnded(dodo, paymentId);
  return { subscriptionId, customerId, failed: paymentId };
}

/** @returns the HTTP status and the error code of a refused call, such as `404 NOT_FOUND` */
export async function apiErrorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    const body = error.error as { code?: string } | undefined;
    return `${error.status} ${body?.code}`;
  }
  throw new Error("the call was not refused");
}

/** Sends a request and closes the connection once the sandbox has it, as a client does whose time-out has passed. */
export async function leaveOnceReceived(
  { sandbox, control }: SandboxSetup,
  send: (dodo: DodoPayments, options: { readonly signal: AbortSignal }) => Promise<unknown>,
): Promise<void> {
  const before = (await control.requests()).length;
  const leaving = new AbortController();
  const left = errorOf(send(sdk(sandbox), { signal: leaving.signal }));
  await until(async () => (await control.requests()).length > before, { what: "the request" });
  leaving.abort();
  const error = await left;
  if (!(error instanceof APIUserAbortError)) throw error;
}

/** @returns the error of a call that fails later, without leaving its rejection unhandled */
export async function errorOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("the call did not fail");
}
