import type { SandboxContext } from "./context.ts";
import { notFound } from "./errors.ts";
import { cardSpecOf, type CardChoice, type CardSpec } from "./state/cards.ts";
import type { Customer, Metadata, PaymentMethod } from "./state/entities.ts";
import { newId } from "./state/ids.ts";

export type NewCustomer = {
  readonly customerId?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly phoneNumber?: string | null | undefined;
  readonly metadata?: Metadata | undefined;
  /** Saved from the start. */
  readonly cards?: readonly CardChoice[] | undefined;
};

export function createCustomer(context: SandboxContext, input: NewCustomer, now: number): Customer {
  const customerId = input.customerId ?? newId("cus");
  const customer: Customer = {
    customerId,
    email: input.email ?? `${customerId.toLowerCase().replaceAll("_", "-")}@example.test`,
    name: input.name ?? "Test Buyer",
    phoneNumber: input.phoneNumber ?? null,
    metadata: input.metadata ?? {},
    createdAt: now,
    methods: [],
  };
  context.store.customers.set(customerId, customer);
  for (const card of input.cards ?? []) addPaymentMethod(customer, cardSpecOf(card), now);
  return customer;
}

export function addPaymentMethod(customer: Customer, spec: CardSpec, now: number): PaymentMethod {
  const method: PaymentMethod = {
    paymentMethodId: newId("pm"),
    lastFour: spec.lastFour,
    network: spec.network,
    expiryMonth: "12",
    expiryYear: String(new Date(now).getUTCFullYear() + 3),
    lastUsedAt: null,
    outcome: spec.offSession,
  };
  customer.methods.push(method);
  return method;
}

/** @throws ApiError `NOT_FOUND` */
export function getCustomer({ store }: SandboxContext, id: string): Customer {
  const customer = store.customers.get(id);
  if (customer === undefined) throw notFound(`Customer ${id}`);
  return customer;
}
