import { z } from "zod";

const milliseconds = z.int().min(0).max(2_147_483_647);

/** What can be turned while the sandbox runs. */
export const settingsSchema = z.strictObject({
  /** The bearer key that is accepted. */
  apiKey: z.string().min(1),
  /** The key may only read: anything else is 403. */
  readOnlyKey: z.boolean(),
  businessId: z.string().min(1),
  businessName: z.string().min(1),
  brandId: z.string().min(1),

  /** null = no endpoint: events are recorded, none is sent. */
  webhookUrl: z.url().nullable(),
  webhookKey: z.string().regex(/^whsec_[A-Za-z0-9+/]+=*$/),
  /** The endpoint's `filter_types`; null = all. */
  webhookTypes: z.array(z.string()).nullable(),
  webhookTimeoutMs: milliseconds,
  /** Multiplies the gaps between delivery attempts. */
  webhookRetryScale: z.number().min(0),

  /** Wall time from a charge to its end. */
  settleMs: milliseconds,
  /** Wall time from the hosted page's button to the payment's end; 0 = before the redirect. */
  hostedSettleMs: milliseconds,
  /** How long lists do not show a new payment. */
  listLagMs: milliseconds,
  /** Added to the wall clock where a request does not say the time. */
  clockOffsetMs: z.int(),

  /** @source dodo.md 5.6: the guide says yes, the error list says no */
  chargeOnHold: z.boolean(),
  /** @source dodo.md 5.3: the guide says yes, the error list says no */
  chargeWhileCancellationScheduled: z.boolean(),
  /**
   * Which payments make a charge `PREVIOUS_PAYMENT_PENDING`: `open` = those not terminal, save an unpaid one whose
   * link has expired · `any_open` = that one too · `not_succeeded` = also a last one that failed.
   * @source dodo.md 11, question 5
   */
  pendingGuard: z.enum(["off", "open", "any_open", "not_succeeded"]),
  /** Failed charges before `SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED`. */
  retryLimit: z.int().min(0),
  retryLimitScope: z.enum(["since_success", "lifetime"]),
  minimumAmountMinor: z.int().min(0),
  currencies: z.array(z.string().length(3)),
  /** Validity of a payment link; null = none is named. */
  linkTtlMs: milliseconds.nullable(),
  /** How long a checkout takes a card. @source Dodo, developer-resources/checkout-session */
  checkoutTtlMs: milliseconds,
  /** What becomes of an unpaid payment when its link expires. */
  expiredLinkPayment: z.enum(["stays", "cancelled"]),
  manualRetrySends: z.int().min(0),
  manualRetryCooldownMs: milliseconds,
  /** Answers an error code with another HTTP status: the list of codes names none. */
  errorStatus: z.record(z.string(), z.int().min(400).max(599)),

  announceProcessing: z.boolean(),
  activeEvents: z.enum(["on_change", "always"]),
  renewedEvents: z.boolean(),
  /** `subscription.updated` beside every other event of a subscription. */
  updatedEvents: z.boolean(),
  /** @source dodo.md 4.5 and 11, question 14 */
  scheduledCancellationEvent: z.enum(["subscription.plan_changed", "subscription.cancelled"]),

  /** Requests per second and minute, whose lengths `windowScale` multiplies; null = unlimited. */
  rateLimit: z
    .strictObject({
      perSecond: z.int().min(1),
      perMinute: z.int().min(1),
      windowScale: z.number().positive().default(1),
    })
    .nullable(),
});

export type Settings = z.infer<typeof settingsSchema>;
export const settingsPatchSchema = settingsSchema.partial();
export type SettingsPatch = z.input<typeof settingsPatchSchema>;

export const DEFAULT_API_KEY = "dodo_test_sandbox";
export const DEFAULT_WEBHOOK_KEY = "whsec_c2FuZGJveC1yZXByaXNlLXdlYmhvb2sta2V5LTAx";

const DAY_MS = 86_400_000;

export const DEFAULT_SETTINGS: Settings = {
  apiKey: DEFAULT_API_KEY,
  readOnlyKey: false,
  businessId: "bus_sandbox",
  businessName: "Sandbox Ltd.",
  brandId: "brnd_sandbox",
  webhookUrl: null,
  webhookKey: DEFAULT_WEBHOOK_KEY,
  webhookTypes: null,
  webhookTimeoutMs: 15_000,
  webhookRetryScale: 1,
  settleMs: 20,
  hostedSettleMs: 0,
  listLagMs: 0,
  clockOffsetMs: 0,
  chargeOnHold: true,
  chargeWhileCancellationScheduled: false,
  pendingGuard: "open",
  retryLimit: 10,
  retryLimitScope: "since_success",
  minimumAmountMinor: 50,
  currencies: ["USD", "EUR", "GBP", "INR", "JPY", "CAD", "AUD", "SGD", "BRL", "KWD"],
  linkTtlMs: DAY_MS,
  checkoutTtlMs: DAY_MS,
  expiredLinkPayment: "stays",
  manualRetrySends: 3,
  manualRetryCooldownMs: 3_600_000,
  errorStatus: {},
  announceProcessing: false,
  activeEvents: "on_change",
  renewedEvents: false,
  updatedEvents: false,
  scheduledCancellationEvent: "subscription.plan_changed",
  rateLimit: null,
};

/** Lays a patch over the settings, in place. */
export function updateSettings(settings: Settings, patch: SettingsPatch): void {
  const checked = settingsPatchSchema.parse(patch);
  Object.assign(
    settings,
    Object.fromEntries(Object.entries(checked).filter(([, value]) => value !== undefined)),
  );
}
