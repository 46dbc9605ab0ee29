import type { RecoveryPort, Subscriber } from "../dodo/port.ts";
import type { FoldedDecision } from "../domain/decision/decision.ts";
import { decideEach, joined } from "../domain/fold.ts";
import type { Waiting } from "../domain/inbox.ts";
import type { Policy } from "../domain/policy.ts";
import type {
  CancelOutcome,
  ChargeOutcome,
  NoticeOutcome,
  PaymentLinkOutcome,
  ReadOutcome,
} from "../domain/state/event.ts";
import { isSilent, type Mode } from "../domain/state/outcome.ts";
import type { Recovery } from "../domain/state/recovery.ts";
import { DAY_MS, type Instant } from "../domain/values/time.ts";
import { type Brand, brandOf, knownBrandId } from "../platform/customer/brand.ts";
import { customerUrls, type LinkSigner } from "../platform/link-token.ts";
import type { Log } from "../platform/log.ts";
import { aboutEvent } from "./about-event.ts";
import { type CancelInput, cancelSubscription } from "./charge/cancel-subscription.ts";
import type { ChargeInput } from "./charge/charge-input.ts";
import { charge } from "./charge/charge.ts";
import { createPaymentLink, type LinkInput } from "./charge/create-payment-link.ts";
import { withCachedPurchases } from "./evidence/cached-purchases.ts";
import { type EarlierRunsReader, readDodo, type ReadInput } from "./evidence/read-dodo.ts";
import type { Mailer } from "./mail/mailer.ts";
import { recipientOfCustomer } from "./notices/customer.ts";
import { type NoticeDependencies, type NoticeInput, sendNotice } from "./notices/send-notice.ts";
import { createShownPayments } from "./notices/shown-payments.ts";
import {
  notifyOperator,
  type NotifyOperatorDependencies,
  type NotifyOperatorInput,
} from "./operator/notify-operator.ts";

/** The worker and the tests pass these in. */
export type ActivityDependencies = {
  readonly dodo: RecoveryPort;
  readonly mailer: Mailer;
  readonly policy: Policy;
  readonly mode: Mode;
  readonly requestTimeoutMs: number;
  readonly readEarlierRuns: EarlierRunsReader;
  readonly links: LinkSigner;
  readonly publicUrl: string;
  readonly brand: Brand;
  readonly operatorEmail: string | null;
  readonly report: NotifyOperatorDependencies["report"];
  readonly reserveNotice: NoticeDependencies["reserveNotice"];
  /** Whether the merchant's systems receive outgoing webhooks. */
  readonly publishes: boolean;
  readonly log: Log;
  /** The wall clock; in tests that skip time, the workflow's time. */
  readonly now: () => Instant;
  readonly monotonicMs: () => number;
};

export type DecideInput = {
  readonly recovery: Recovery;
  readonly waiting: Waiting;
  readonly at: Instant;
  /** For the ledger. Nothing is decided by it, and no history has it. Absent: it writes nothing. */
  readonly run?: {
    /** Of this decision in its run, from 1. */
    readonly number: number;
    /** When the run started. */
    readonly startedAt: Instant;
  };
};

export type Activities = {
  readonly decideRecovery: (input: DecideInput) => Promise<FoldedDecision>;
  readonly readDodo: (input: ReadInput) => Promise<ReadOutcome>;
  readonly charge: (input: ChargeInput) => Promise<ChargeOutcome>;
  readonly createPaymentLink: (input: LinkInput) => Promise<PaymentLinkOutcome>;
  readonly cancelSubscription: (input: CancelInput) => Promise<CancelOutcome>;
  readonly sendNotice: (input: NoticeInput) => Promise<NoticeOutcome>;
  readonly notifyOperator: (input: NotifyOperatorInput) => Promise<void>;
};

/** The activities of a recovery, bound to their dependencies. Workers register them. */
export function createActivities(dependencies: ActivityDependencies): Activities {
  const dodo = withCachedPurchases(dependencies.dodo);
  const shownPayment = createShownPayments(dodo);
  const { policy, mode, publishes, log, now, links, publicUrl, brand } = dependencies;
  /** A worker in shadow or advise mode sends nothing, even for a recovery that was opened in another mode. */
  const forceShadow = <T extends { readonly mode: Mode }>(input: T): T =>
    mode === "shadow" || (isSilent(mode) && input.mode === "act") ? { ...input, mode } : input;
  return {
    decideRecovery: async ({ recovery, waiting, at }) => {
      const decided = decideEach(recovery, waiting, { policy, mode, publishes }, at);
      for (const { event, before, decision } of decided) {
        log.info({
          event: "decided",
          recoveryId: recovery.recoveryId,
          ...aboutEvent(event),
          rule: decision.rule,
          reason: decision.reason,
          state: decision.changes.state ?? before.state,
          effects: decision.effects.map(({ kind }) => kind),
        });
      }
      return stampCharges(joined(decided, waiting, at), dependencies.requestTimeoutMs);
    },
    readDodo: (input) => readDodo(input, dodo, dependencies.readEarlierRuns, now),
    charge: (input) => charge(forceShadow(input), dodo, dependencies),
    createPaymentLink: (input) => {
      const { subscriptionId, debtId, at } = input;
      // Dodo's page sends the customer back to ours. One day is enough to complete it.
      const expiresAt = at + DAY_MS;
      const returnUrl = ({ customer, offer: { brandId } }: Subscriber): string => {
        const { language } = recipientOfCustomer(customer, brandOf(brand, brandId), now());
        const claim = { subscriptionId, debtId, expiresAt };
        return customerUrls(publicUrl, links, claim, language, knownBrandId(brand, brandId)).pay;
      };
      return createPaymentLink(forceShadow(input), dependencies, returnUrl);
    },
    cancelSubscription: (input) => cancelSubscription(forceShadow(input), dodo),
    sendNotice: (input) => sendNotice(forceShadow(input), { ...dependencies, dodo, shownPayment }),
    notifyOperator: (input) => notifyOperator(forceShadow(input), dependencies),
  };
}

/** The workflow derives the time-out of a charge from the worker's setting. The history records it, for replay. */
function stampCharges(decision: FoldedDecision, requestTimeoutMs: number): FoldedDecision {
  const effects = decision.effects.map((effect) =>
    effect.kind === "charge" ? { ...effect, requestTimeoutMs } : effect,
  );
  return { ...decision, effects };
}
