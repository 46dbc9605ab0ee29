import { z } from "zod";

export const LINE_ITEMS = ["taxed", "untaxed", "partial", "refused"] as const;

const milliseconds = z.int().min(0).max(2_147_483_647);

/** Every setting can change while the sandbox runs. Durations are in milliseconds. */
export const settingsSchema = z.strictObject({
  /** The bearer token that the API accepts. */
  apiKey: z.string().min(1),
  /** Gives the key read access only; other requests get 403. */
  readOnlyKey: z.boolean(),
  businessId: z.string().min(1),
  businessName: z.string().min(1),
  brandId: z.string().min(1),

  /** null: no endpoint. Events are recorded but not sent. */
  webhookUrl: z.url().nullable(),
  webhookKey: z.string().regex(/^whsec_[A-Za-z0-9+/]+=*$/),
  /** The endpoint's `filter_types`; null: all event types. */
  webhookTypes: z.array(z.string()).nullable(),
  /** The endpoint is disabled: events are recorded but not sent. */
  webhookDisabled: z.boolean(),
  webhookTimeoutMs: milliseconds,
  /** Multiplies the delays between delivery attempts. */
  webhookRetryScale: z.number().min(0),

  /** Wall-clock time from a charge to its result. */
  settleMs: milliseconds,
  /** Wall-clock time from the hosted page's button to the payment's result; 0: before the redirect. */
  hostedSettleMs: milliseconds,
  /** How long lists omit a new payment. @source docs/dodo/open-questions.md, "Visibility of new payments" */
  listLagMs: milliseconds,
  /** Added to the wall clock for requests that claim no time. */
  clockOffsetMs: z.int(),

  /**
   * Whether a subscription on hold can be charged. Dodo's guide says yes, its error list says no.
   * @source docs/dodo/open-questions.md, "Charging on hold"
   */
  chargeOnHold: z.boolean(),
  /**
   * Whether a subscription with a scheduled cancellation can be charged. Dodo's guide says yes, its error list says no.
   * @source docs/dodo/open-questions.md, "Charging with a scheduled cancellation"
   */
  chargeWhileCancellationScheduled: z.boolean(),
  /**
   * Which payments make Dodo refuse a charge with `PREVIOUS_PAYMENT_PENDING`. `open`: any that has not ended, except
   * an unpaid one whose link has expired · `any_open`: any that has not ended · `not_succeeded`: also the latest one if
   * it failed.
   * @source docs/dodo/open-questions.md, "Pending after a failed payment"
   */
  pendingGuard: z.enum(["off", "open", "any_open", "not_succeeded"]),
  /**
   * Whether an off-session payment that waits for the customer has a page of its own.
   * @source docs/dodo/open-questions.md, "Page of a payment that waits for the customer"
   */
  confirmationPage: z.boolean(),
  /**
   * The number of failed charges after which Dodo answers `SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED`.
   * @source docs/dodo/open-questions.md, "Limit of ten attempts"
   */
  retryLimit: z.int().min(0),
  retryLimitScope: z.enum(["since_success", "lifetime"]),
  minimumAmountMinor: z.int().min(0),
  /**
   * Whether a payment that has not succeeded shows its tax, payment method and card. In real accounts these are null.
   * @source docs/dodo/payments.md, "Nullable fields"
   */
  unsettledDetails: z.enum(["withheld", "given"]),
  /**
   * The line items of a payment that has not succeeded. `taxed`: amount and tax · `untaxed`: its total, with a tax of zero ·
   * `partial`: they do not add up to the total · `refused`: Dodo does not list them.
   * @source docs/dodo/open-questions.md, "Tax of an unsettled payment"
   */
  lineItems: z.enum(LINE_ITEMS),
  currencies: z.array(z.string().length(3)),
  /**
   * Validity of a payment link; null: `expires_on` is null.
   * @source docs/dodo/open-questions.md, "Expired payment links"
   */
  linkTtlMs: milliseconds.nullable(),
  /** How long a checkout accepts a card. @source Dodo, developer-resources/checkout-session */
  checkoutTtlMs: milliseconds,
  /** What happens to an unpaid payment when its link expires. */
  expiredLinkPayment: z.enum(["stays", "cancelled"]),
  /** @source docs/dodo/retries-and-dunning.md, "Manual retry" */
  manualRetrySends: z.int().min(0),
  /** @source docs/dodo/open-questions.md, "Manual retry" */
  manualRetryCooldownMs: milliseconds,
  /**
   * What the header `Idempotency-Key` does. `ignored`: nothing · `honoured`: a key's first answer is given again; another request
   * with the key is refused, and so is the same one while the first is being processed.
   * @source docs/dodo/open-questions.md, "Idempotency header"
   */
  idempotencyKeys: z.enum(["ignored", "honoured"]),
  /** Which answers are stored under a key. `every_answer`: errors too, 429 and 5xx included. */
  idempotencyStores: z.enum(["success", "every_answer"]),
  /** How long an answer is stored, by the time that the requests claim. */
  idempotencyTtlMs: milliseconds,
  /**
   * The HTTP status of an error code, where it differs from the default. Dodo's list of codes names no status.
   * @source docs/dodo/open-questions.md, "Status of a refusal"
   */
  errorStatus: z.record(z.string(), z.int().min(400).max(599)),

  /** Emits `payment.processing` for every new charge. */
  announceProcessing: z.boolean(),
  /** When a success emits `subscription.active`. */
  activeEvents: z.enum(["on_change", "always"]),
  /**
   * Emits `subscription.renewed` after a success.
   * @source docs/dodo/open-questions.md, "Renewed events"
   */
  renewedEvents: z.boolean(),
  /** Emits `subscription.updated` beside every other event of a subscription. */
  updatedEvents: z.boolean(),
  /**
   * The event that scheduling a cancellation emits.
   * @source docs/dodo/open-questions.md, "Event of a scheduled cancellation"
   */
  scheduledCancellationEvent: z.enum(["subscription.plan_changed", "subscription.cancelled"]),

  /** Requests per second and per minute; `windowScale` multiplies the length of both windows. null: no limit. */
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
  webhookDisabled: false,
  webhookTimeoutMs: 15_000,
  webhookRetryScale: 1,
  settleMs: 20,
  hostedSettleMs: 0,
  listLagMs: 0,
  clockOffsetMs: 0,
  chargeOnHold: true,
  chargeWhileCancellationScheduled: false,
  pendingGuard: "open",
  confirmationPage: true,
  retryLimit: 10,
  retryLimitScope: "since_success",
  minimumAmountMinor: 50,
  unsettledDetails: "withheld",
  lineItems: "untaxed",
  currencies: ["USD", "EUR", "GBP", "INR", "JPY", "CAD", "AUD", "SGD", "BRL", "KWD"],
  linkTtlMs: DAY_MS,
  checkoutTtlMs: DAY_MS,
  expiredLinkPayment: "stays",
  manualRetrySends: 3,
  manualRetryCooldownMs: 3_600_000,
  idempotencyKeys: "ignored",
  idempotencyStores: "success",
  idempotencyTtlMs: DAY_MS,
  errorStatus: {},
  announceProcessing: false,
  activeEvents: "on_change",
  renewedEvents: false,
  updatedEvents: false,
  scheduledCancellationEvent: "subscription.plan_changed",
  rateLimit: null,
};

/** Applies a patch in place. @throws ZodError */
export function updateSettings(settings: Settings, patch: SettingsPatch): void {
  const checked = settingsPatchSchema.parse(patch);
  Object.assign(
    settings,
    Object.fromEntries(Object.entries(checked).filter(([, value]) => value !== undefined)),
  );
}
