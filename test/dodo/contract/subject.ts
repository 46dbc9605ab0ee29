import { DodoError, type DodoFailure, type DodoPort } from "../../../dodo/port.ts";
import {
  parseMandateId,
  parsePaymentId,
  parseSubscriptionId,
  type MandateId,
  type PaymentId,
  type SubscriptionId,
} from "../../../domain/values/ids.ts";
import type { SandboxClient } from "../../../sandbox/control/client.ts";
import type { Outcome } from "../../../sandbox/model/state/outcome.ts";
import { until } from "../../support/until.ts";

/** An answer that replaces Dodo's. */
export type Answer = {
  readonly status?: number;
  readonly body: string;
  readonly contentType?: string;
};

/** An implementation of the port, and its Dodo. */
export type Subject = {
  readonly dodo: DodoPort;
  /** Acts as merchant and customer at Dodo, and injects faults. */
  readonly control: SandboxClient;
  /** From now on, Dodo accepts another API key only. */
  readonly rotateKey: () => Promise<void>;
  /** Answers the next request in place of Dodo. */
  readonly answerNext: (answer: Answer) => void;
};

export type SubjectOptions = {
  /** Nothing listens at Dodo's address. */
  readonly unreachable?: boolean;
  /** For one request that may charge. */
  readonly requestTimeoutMs?: number;
};

/** Connects the implementation under test to a new Dodo, which stops after the test. */
export type Connect = (options?: SubjectOptions) => Promise<Subject>;

export const answered = (body: unknown, status = 200): Answer => ({
  status,
  body: JSON.stringify(body),
});

/** The failure of a call. @throws if it succeeds, or fails with another error than `DodoError` */
export async function failureOf(call: Promise<unknown>): Promise<DodoFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof DodoError) return error.failure;
    throw error;
  }
  throw new Error("the call succeeded");
}

export const PATIENT = { tries: "patient" } as const;
export const ONCE = { tries: "once" } as const;

export const subscriptionIdOf = (text: string): SubscriptionId => known(parseSubscriptionId(text));
export const paymentIdOf = (text: string): PaymentId => known(parsePaymentId(text));
export const MANDATE_ID: MandateId = known(parseMandateId(`mandate-${"a".repeat(64)}`));

export const NO_SUBSCRIPTION = subscriptionIdOf("sub_nobody");
export const NO_PAYMENT = paymentIdOf("pay_nobody");

/** An on-demand subscription, and the payments of its charges. */
export async function subscriptionWith(
  { control }: Subject,
  outcomes: readonly Outcome[],
  input: Parameters<SandboxClient["createSubscription"]>[0] = {},
): Promise<{ readonly id: SubscriptionId; readonly payments: readonly PaymentId[] }> {
  const { subscriptionId } = await control.createSubscription(input);
  const payments: PaymentId[] = [];
  for (const outcome of outcomes) {
    const { paymentId } = await control.charge(subscriptionId, { outcome });
    payments.push(paymentIdOf(paymentId));
  }
  await untilIdle(control, subscriptionId);
  return { id: subscriptionIdOf(subscriptionId), payments };
}

/** Waits until no payment is about to change. */
export async function untilIdle(control: SandboxClient, subscriptionId: string): Promise<void> {
  await until(async () => await control.isIdle(subscriptionId));
}

function known<T>(value: T | null): T {
  if (value === null) throw new Error("the id is malformed");
  return value;
}
