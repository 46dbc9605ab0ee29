import { endpointTypes, type WebhookEndpoint } from "../../../dodo/port.ts";
import { messageOf } from "../../../platform/error-message.ts";
import { signingSecretOf } from "../../../config/signing-secret.ts";
import { type Check, fail, type Finding, ok, unknown, warn } from "../check.ts";
import { whyAbsent } from "../settings.ts";
import type { Subject } from "../subject.ts";
import { whyUnreadable } from "./key.ts";

const PATH = "/webhooks/dodo";
const WHERE = "Dodo's dashboard (Developer → Webhooks)";

/** Where this installation receives webhooks. */
export const endpointUrlOf = ({ settings }: Subject): string =>
  `${settings.gateway.publicUrl.replace(/\/+$/, "")}${PATH}`;

type Found =
  | { readonly kind: "found"; readonly endpoint: WebhookEndpoint }
  | { readonly kind: "other"; readonly urls: readonly string[] }
  | { readonly kind: "unread"; readonly finding: Finding };

async function findEndpoint(subject: Subject): Promise<Found> {
  const unreadable = whyUnreadable(await subject.dodo.key(), subject);
  if (unreadable !== null) return { kind: "unread", finding: unreadable };
  try {
    const endpoints = await subject.dodo.endpoints();
    const wanted = new URL(endpointUrlOf(subject)).href;
    const same = endpoints.filter(({ url }) => URL.canParse(url) && new URL(url).href === wanted);
    // Of several with this address, one that works is enough.
    const endpoint = same.find(({ isDisabled }) => !isDisabled) ?? same[0];
    return endpoint === undefined
      ? { kind: "other", urls: endpoints.map(({ url }) => url) }
      : { kind: "found", endpoint };
  } catch (error) {
    return { kind: "unread", finding: unknown(`Dodo does not list them: ${messageOf(error)}`) };
  }
}

export const endpointCheck: Check = {
  name: "dodo.endpoint",
  what: "Webhook endpoint",
  requests: 3,
  run: async (subject) => {
    const found = await findEndpoint(subject);
    const wanted = endpointUrlOf(subject);
    if (found.kind === "unread") return found.finding;
    if (found.kind === "other") {
      const has = found.urls.length === 0 ? "no endpoint" : found.urls.slice(0, 3).join(", ");
      return fail(
        `Dodo sends no webhook to ${wanted}; it has ${has}.`,
        `Add ${wanted} in ${WHERE}, or set PUBLIC_URL to the address that is there.`,
      );
    }
    return found.endpoint.isDisabled
      ? fail(`${wanted} is disabled at Dodo: it sends nothing.`, `Enable it in ${WHERE}.`)
      : ok(wanted);
  },
};

export const eventsCheck: Check = {
  name: "dodo.events",
  what: "Webhook events",
  requests: 3,
  run: async (subject) => {
    const found = await findEndpoint(subject);
    if (found.kind === "unread") return found.finding;
    if (found.kind === "other") return unknown("There is no endpoint of this installation.");
    const needed = endpointTypes(subject.settings.worker.policy.oneTimePayments === "notify");
    const { types } = found.endpoint;
    if (types === null) {
      return warn(
        "Dodo does not tell which it sends. Its guide says that an endpoint without selected events receives nothing.",
        `Select ${needed.length} events in ${WHERE}: docs/GETTING-STARTED.md lists them.`,
      );
    }
    const missing = needed.filter((type) => !types.includes(type));
    if (missing.length === 0) return ok(`All ${needed.length} that Reprise needs are selected.`);
    return fail(`Not selected: ${missing.join(", ")}.`, `Select them in ${WHERE}.`);
  },
};

/** Only a comparison: neither secret is printed. */
export const secretCheck: Check = {
  name: "dodo.secret",
  what: "Signing secret",
  requests: 3,
  run: async (subject) => {
    const { gateway, has } = subject.settings;
    if (!has("DODO_PAYMENTS_WEBHOOK_KEY")) {
      const why = whyAbsent(subject.settings, "DODO_PAYMENTS_WEBHOOK_KEY");
      return unknown(why, "Run it with the gateway's variables.");
    }
    const found = await findEndpoint(subject);
    if (found.kind === "unread") return found.finding;
    if (found.kind === "other") return unknown("There is no endpoint of this installation.");
    let secret: string;
    try {
      secret = await subject.dodo.secretOf(found.endpoint.id);
    } catch (error) {
      return unknown(`Dodo does not show it: ${messageOf(error)}`);
    }
    const known = signingSecretOf(secret, { min: 1, max: 1_024 });
    return gateway.webhookKeys.some((key) => key === known)
      ? ok("It is the endpoint's.")
      : fail(
          "DODO_PAYMENTS_WEBHOOK_KEY is not the secret of this endpoint: the gateway refuses all webhooks with 401.",
          `Copy the signing secret from ${WHERE} to DODO_PAYMENTS_WEBHOOK_KEY, and restart the gateway.`,
        );
  },
};
