import type { Dodo, DodoSubscription } from "../dodo/client.ts";
import { decide } from "../domain/decide.ts";
import type { Decision } from "../domain/decision/decision.ts";
import type { Policy } from "../domain/policy.ts";
import type {
  CancelOutcome,
  ChargeOutcome,
  DomainEvent,
  NoticeOutcome,
  PaymentLinkOutcome,
  ReadOutcome,
} from "../domain/state/event.ts";
import type { Mode } from "../domain/state/outcome.ts";
import type { Recovery } from "../domain/state/recovery.ts";
import { DAY_MS, type Instant } from "../domain/values/time.ts";
import type { Brand } from "../platform/customer/brand.ts";
import { customerUrls, type LinkSigner } from "../platform/link-token.ts";
import type { Log } from "../platform/log.ts";
import { type CancelInput, cancelSubscription } from "./charge/cancel-subscription.ts";
import { charge, type ChargeInput } from "./charge/charge.ts";
import { createPaymentLink, type LinkInput } from "./charge/make-payment-link.ts";
import { type EarlierRunsReader, readDodo, type ReadInput } from "./evidence/read-dodo.ts";
import { withHeartbeat } from "./heartbeat.ts";
import { recipientOfCustomer } from "./mail/customer.ts";
import type { Mailer } from "./mail/mailer.ts";
import { type NoticeDependencies, type NoticeInput, sendNotice } from "./notices/send-notice.ts";
import {
  notifyOperator,
  type NotifyOperatorDependencies,
  type NotifyOperatorInput,
} from "./operator/notify-operator.ts";

/** Everything the activities need from outside; the worker's `main.ts` and the tests pass it in. */
export type ActivityDependencies = {
  readonly dodo: Dodo;
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
  /** The merchant's own systems are told what happens. */
  readonly publishes: boolean;
  readonly log: Log;
  /** The time of day; the workflow's own where tests skip it. */
  readonly now: () => Instant;
  readonly monotonicMs: () => number;
};

export type DecideInput = {
  readonly recovery: Recovery;
  readonly event: DomainEvent;
  readonly at: Instant;
};

export type Activities = {
  readonly decideRecovery: (input: DecideInput) => Promise<Decision>;
  readonly readDodo: (input: ReadInput) => Promise<ReadOutcome>;
  readonly charge: (input: ChargeInput) => Promise<ChargeOutcome>;
  readonly createPaymentLink: (input: LinkInput) => Promise<PaymentLinkOutcome>;
  readonly cancelSubscription: (input: CancelInput) => Promise<CancelOutcome>;
  readonly sendNotice: (input: NoticeInput) => Promise<NoticeOutcome>;
  readonly notifyOperator: (input: NotifyOperatorInput) => Promise<void>;
};

/** The activities, bound to their dependencies: what workers register. */
export function createActivities(dependencies: ActivityDependencies): Activities {
  const { dodo, policy, mode, publishes, log, now, links, publicUrl, brand } = dependencies;
  /** A worker in shadow sends nothing, whatever a recovery was opened as. */
  const soft = <T extends { readonly mode: Mode }>(input: T): T =>
    mode === "shadow" ? { ...input, mode } : input;
  return {
    decideRecovery: async ({ recovery, event, at }) => {
      const decision = decide(recovery, event, { policy, mode, publishes }, at);
      log.info({
        event: "decided",
        recoveryId: recovery.recoveryId,
        on: event.kind,
        rule: decision.rule,
        reason: decision.reason,
        state: decision.changes.state ?? recovery.state,
      });
      return stampCharges(decision, dependencies.requestTimeoutMs);
    },
    readDodo: (input) =>
      withHeartbeat(() => readDodo(input, dodo, dependencies.readEarlierRuns, now)),
    charge: (input) => withHeartbeat(() => charge(soft(input), dodo, dependencies)),
    createPaymentLink: (input) => {
      const { subscriptionId, debtId, at } = input;
      // Back from Dodo's page the customer lands on ours: long enough for one sitting.
      const expiresAt = at + DAY_MS;
      const returnUrl = (raw: DodoSubscription): string => {
        const { language } = recipientOfCustomer(raw, brand, now());
        const claim = { subscriptionId, debtId, expiresAt };
        return customerUrls(publicUrl, links, claim, language).pay;
      };
      return createPaymentLink(soft(input), dodo, returnUrl, now);
    },
    cancelSubscription: (input) => cancelSubscription(soft(input), dodo, now),
    sendNotice: (input) => sendNotice(soft(input), dependencies),
    notifyOperator: (input) => notifyOperator(soft(input), dependencies),
  };
}

/** Temporal's own time-out of a charge follows the worker's setting; recorded, so that replay uses the same. */
function stampCharges(decision: Decision, requestTimeoutMs: number): Decision {
  const effects = decision.effects.map((effect) =>
    effect.kind === "charge" ? { ...effect, requestTimeoutMs } : effect,
  );
  return { ...decision, effects };
}
