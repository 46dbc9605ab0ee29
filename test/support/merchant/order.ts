import type { PaymentInput } from "../../../sandbox/control/inputs.ts";
import type { TestSystem } from "../system/test-system.ts";

/** A one-time payment of a new customer. */
export type Order = {
  readonly paymentId: string;
  readonly customerId: string;
  readonly email: string;
};

let customers = 0;

/** Makes a one-time payment of a new customer in the system's sandbox. */
export async function placeOrder({ sandbox }: TestSystem, input: PaymentInput): Promise<Order> {
  customers += 1;
  const email = `buyer-${customers}@example.com`;
  const { control } = sandbox;
  const { customerId } = await control.createCustomer({ email, name: `Buyer ${customers}` });
  const { paymentId } = await control.createPayment({ customerId, ...input });
  return { paymentId, customerId, email };
}

/** The id of the workflow that follows the order. */
export const workflowOf = ({ paymentId }: Order): string => `checkout-${paymentId}`;
