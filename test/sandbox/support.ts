import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

import DodoPayments, { APIError } from "dodopayments";
import { onTestFinished } from "vitest";

import type { SandboxClient } from "../../sandbox/control/client.ts";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../sandbox/sandbox.ts";
import { until } from "../support/until.ts";

export type Bench = {
  readonly sandbox: Sandbox;
  readonly control: SandboxClient;
  /** The real SDK, which sends nothing twice. */
  readonly dodo: DodoPayments;
};

/** A sandbox of this test's own, and the real SDK before it. */
export async function bench(options: SandboxOptions = {}): Promise<Bench> {
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

export type Received = {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  readonly data: Record<string, unknown>;
};

export type Receiver = {
  readonly url: string;
  readonly received: Received[];
  readonly types: () => string[];
  /** What the next deliveries are answered; then 200. */
  readonly answers: number[];
};

/** An answer that is not given. */
export const NEVER = 0;

/** The merchant's endpoint. */
export async function receiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      // Who follows a redirect comes back with a GET.
      if (request.method !== "POST") {
        response.end();
        return;
      }
      const body = Buffer.concat(chunks).toString("utf8");
      const { type, data } = JSON.parse(body);
      const id = String(request.headers["webhook-id"]);
      received.push({ id, type, body, headers: request.headers, data });
      const answer = answers.shift() ?? 200;
      if (answer === NEVER) return;
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

/** Waits until a payment has ended. */
export async function ended(dodo: DodoPayments, paymentId: string): Promise<DodoPayments.Payment> {
  return await until(async () => {
    const payment = await dodo.payments.retrieve(paymentId);
    return ["succeeded", "failed", "cancelled"].includes(payment.status ?? "") ? payment : null;
  });
}

/** A subscription on hold: its last charge of 2900 was declined. */
export async function onHold(
  { control, dodo }: Bench,
  input: Parameters<SandboxClient["createSubscription"]>[0] = {},
): Promise<{ subscriptionId: string; customerId: string; failed: string }> {
  const { subscriptionId, customerId } = await control.createSubscription(input);
  const { paymentId } = await control.charge(subscriptionId, {
    outcome: { decline: "INSUFFICIENT_FUNDS" },
  });
  await ended(dodo, paymentId);
  return { subscriptionId, customerId, failed: paymentId };
}

/** What Dodo answered instead of doing as asked: HTTP status and code. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    const body = error.error as { code?: string } | undefined;
    return `${error.status} ${body?.code}`;
  }
  throw new Error("it was not refused");
}

/** The error of a call that is left running in the meantime. */
export async function errorOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}
