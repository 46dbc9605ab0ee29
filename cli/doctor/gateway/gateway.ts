import { randomUUID } from "node:crypto";
import { visible } from "../../../domain/values/visible-text.ts";
import { signedHeaders } from "../../../platform/standard-webhook.ts";
import { endpointUrlOf } from "../account/endpoint.ts";
import { type Check, fail, type Finding, ok, unknown, warn } from "../check.ts";
import { whyAbsent } from "../settings.ts";
import { type Answered, request } from "./request.ts";

/** A type that is nobody's: the gateway verifies the signature, answers 200 and routes nothing. */
export const ROUND_TRIP_TYPE = "reprise.doctor";

const RUNNING =
  "Check that the gateway runs and that PUBLIC_URL leads to it: npm run start:gateway";

const said = (body: string): string => visible(body.slice(0, 200));

export const readyCheck: Check = {
  name: "gateway.ready",
  what: "Gateway",
  run: async ({ settings, timeoutMs }) => {
    const base = settings.gateway.publicUrl.replace(/\/+$/, "");
    const answer = await request(`${base}/readyz`, timeoutMs);
    if (answer.kind === "unanswered")
      return fail(`Nothing answers at ${base} (${answer.detail}).`, RUNNING);
    if (answer.status === 200) return ok(`${base} is ready.`);
    if (answer.status === 503) {
      return fail(
        `${base} is not ready: ${said(answer.body)}`,
        "Check that Temporal answers and that a worker has started.",
      );
    }
    return fail(`What answers at ${base}/readyz is no gateway: HTTP ${answer.status}.`, RUNNING);
  },
};

/** Signs an event of no known type with the first key, and sends it to the public address. */
export const roundTripCheck: Check = {
  name: "gateway.signature",
  what: "Signature round trip",
  run: async (subject) => {
    const { settings, timeoutMs, now } = subject;
    const name = "DODO_PAYMENTS_WEBHOOK_KEY";
    const [key] = settings.gateway.webhookKeys;
    if (!settings.has(name) || key === undefined) {
      return unknown(whyAbsent(settings, name), "Run it with the gateway's variables.");
    }
    const at = new Date(now());
    const id = `doctor-${randomUUID()}`;
    const body = JSON.stringify({ type: ROUND_TRIP_TYPE, timestamp: at.toISOString(), data: {} });
    const url = endpointUrlOf(subject);
    const answer = await request(url, timeoutMs, {
      method: "POST",
      body,
      headers: signedHeaders(id, body, [key], at),
    });
    if (answer.kind === "unanswered") {
      return fail(`Nothing answers at ${url} (${answer.detail}).`, RUNNING);
    }
    return findingOf(url, answer);
  },
};

function findingOf(url: string, { status, body, location }: Answered): Finding {
  if (status === 200 && isReceipt(body)) return ok(`${url} accepts an event that is signed here.`);
  if (status === 401) {
    return body.includes("clock")
      ? fail(
          `The gateway refuses it: ${said(body)}`,
          "Synchronize the clocks: timedatectl set-ntp true",
        )
      : fail(
          "The gateway refuses the signature: it runs with another DODO_PAYMENTS_WEBHOOK_KEY.",
          "Give the gateway the same key, and restart it.",
        );
  }
  if (status === 503) return warn(`The gateway is busy: ${said(body)}`, null);
  const leads = location === null ? "" : `, which leads to ${visible(location)}`;
  return fail(`What answers at ${url} is no gateway: HTTP ${status}${leads}.`, RUNNING);
}

function isReceipt(body: string): boolean {
  try {
    return (JSON.parse(body) as { received?: unknown }).received === true;
  } catch {
    return false;
  }
}
