import { NO_METRICS } from "../../platform/metrics/metrics.ts";
import type { OperatorKey } from "../../config/gateway.ts";
import { debtIdOf, parsePaymentId, parseSubscriptionId } from "../../domain/values/ids.ts";
import { money } from "../../domain/values/money.ts";
import { type Brand, PLAIN_BRAND } from "../../platform/customer/brand.ts";
import { signLink } from "../../platform/link-token.ts";
import { createLog } from "../../platform/log.ts";
import { buildApp } from "../../server/app.ts";
import type { DebtView } from "../../server/temporal/debt-view.ts";
import type { LinkResult, Recoveries } from "../../server/temporal/recoveries.ts";

export const NOW = Date.UTC(2026, 9, 5);
export const OWED: DebtView = { kind: "owed", total: money(2_900, "USD"), handledPayments: [] };
export const PAYMENT_PAGE = "https://checkout.example/pay_2";

const LINKS = { keys: [Buffer.alloc(32, 9)] };
const SUBSCRIPTION = parseSubscriptionId("sub_1") ?? ("" as never);

/** A valid link token for a debt of the stub's subscription. */
export const tokenFor = (expiresAt = NOW + 60_000, payment = "pay_1"): string =>
  signLink(LINKS, {
    subscriptionId: SUBSCRIPTION,
    debtId: debtIdOf(parsePaymentId(payment) ?? ("" as never)),
    expiresAt,
  });

/** What the stubbed recovery answers; an `Error` is thrown. */
export type StubAnswers = {
  readonly view?: DebtView | Error;
  readonly link?: LinkResult | Error;
  readonly stopped?: boolean | Error;
  readonly brand?: Partial<Brand>;
  readonly operatorKeys?: readonly OperatorKey[];
};

/** The gateway with a stubbed recovery. `calls` counts the calls that the recovery gets. */
export function stubbedGateway({
  view = OWED,
  link = { kind: "page", url: PAYMENT_PAGE },
  stopped = true,
  brand,
  operatorKeys = [],
}: StubAnswers = {}) {
  const calls = { links: 0, views: 0, stops: 0 };
  const answer = async <T>(value: T | Error): Promise<T> => {
    if (value instanceof Error) throw value;
    return await Promise.resolve(value);
  };
  const recoveries: Recoveries = {
    signal: async () => await Promise.resolve("signaled"),
    view: async () => {
      calls.views += 1;
      return await answer(view);
    },
    createPaymentLink: async () => {
      calls.links += 1;
      return await answer(link);
    },
    stopReminders: async () => {
      calls.stops += 1;
      return await answer(stopped);
    },
    isReachable: async () => await Promise.resolve(true),
  };
  const app = buildApp({
    webhookKeys: [],
    businesses: undefined as never,
    operatorAlerts: undefined as never,
    namespace: undefined as never,
    recoveries,
    checkouts: {
      report: () => Promise.reject(new Error("not stubbed")),
    },
    operatorKeys,
    recoveryClient: undefined as never,
    charges: undefined as never,
    charging: undefined as never,
    deliveries: null as never,
    imports: undefined as never,
    mandates: undefined as never,
    reports: null,
    proofs: undefined as never,
    links: LINKS,
    trustProxy: false,
    brand: { ...PLAIN_BRAND, ...brand },
    publicUrl: "https://pay.example",
    log: createLog("fatal", "gateway"),
    metrics: NO_METRICS,
    now: () => NOW,
  });
  return { app, calls };
}

type App = ReturnType<typeof stubbedGateway>["app"];

export const getPage = async (app: App, query = "", headers: Record<string, string> = {}) =>
  await app.inject({ method: "GET", url: `/pay/${tokenFor()}${query}`, headers });

/** Presses the page's button. */
export const press = async (app: App, headers: Record<string, string> = {}) =>
  await app.inject({ method: "POST", url: `/pay/${tokenFor()}`, headers });

export const headingOf = (html: string): string => /<h1>(.*?)<\/h1>/.exec(html)?.[1] ?? "";
