/**
 * A local Dodo for development and tests. It behaves as Dodo is documented to behave, follows the settings where the
 * documentation is silent or contradictory, and injects faults on request.
 *
 * - `api/` serves Dodo's HTTP API, and `serializers/` builds its response bodies.
 * - `model/` holds the state and the rules: charges, subscriptions, dues, manual retries.
 * - `webhooks/` delivers the events, and `faults/` describes what can go wrong.
 * - `pages/` shows the hosted payment page, the customer portal and the console.
 * - `control/` lets a test drive all of this, through a typed client.
 */
import { createSandboxClient, type SandboxClient } from "./control/client.ts";
import type { SandboxContext } from "./model/context.ts";
import { createStore } from "./model/state/store.ts";
import { createTimers } from "./model/timers.ts";
import { type ConsoleExtras, NO_EXTRAS } from "./pages/console-extras.ts";
import { buildServer } from "./server.ts";
import { DEFAULT_SETTINGS, type SettingsPatch, updateSettings } from "./settings.ts";
import { webhookBody } from "./webhooks/webhook-body.ts";
import { createWebhookSender } from "./webhooks/webhook-sender.ts";

export type SandboxOptions = {
  /** 0, the default, picks a free port. */
  readonly port?: number;
  readonly host?: string;
  /** The base of links to pages. Left out: the address that the sandbox listens on. */
  readonly publicUrl?: string;
  /** Override `DEFAULT_SETTINGS`. A reset restores them. */
  readonly settings?: SettingsPatch;
  /** What the console shows and offers beside Dodo's own data. */
  readonly consoleExtras?: Partial<ConsoleExtras>;
};

export type Sandbox = {
  /** The base of the API, the control API and the pages, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** The API key at the start. */
  readonly apiKey: string;
  /** The key that signs webhooks at the start. */
  readonly webhookKey: string;
  readonly control: SandboxClient;
  /** Ends all timers, requests and deliveries. */
  readonly close: () => Promise<void>;
};

/** Starts a sandbox on this machine. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const context = createContext(options.settings ?? {});
  const { apiKey, webhookKey } = context.settings;
  const app = buildServer(context, { ...NO_EXTRAS, ...options.consoleExtras });
  const url = await app.listen({ port: options.port ?? 0, host: options.host ?? "127.0.0.1" });
  context.publicUrl = (options.publicUrl ?? url).replace(/\/$/, "");
  return {
    url,
    port: Number(new URL(url).port),
    apiKey,
    webhookKey,
    control: createSandboxClient(url),
    close: async () => {
      context.timers.stop();
      await app.close();
      // Requests that were still running may have started new timers.
      context.timers.stop();
    },
  };
}

function createContext(patch: SettingsPatch): SandboxContext {
  const store = createStore();
  const settings = structuredClone(DEFAULT_SETTINGS);
  updateSettings(settings, patch);
  const timers = createTimers();
  const context: SandboxContext = {
    store,
    settings,
    timers,
    webhooks: createWebhookSender({
      store,
      settings,
      timers,
      bodyOf: (delivery) => webhookBody(context, delivery),
    }),
    publicUrl: "",
  };
  return context;
}
