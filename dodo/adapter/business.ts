import { fieldsOf, textOf } from "../shapes.ts";
import { type Client, itemsOf } from "./client.ts";
import { translated } from "./errors.ts";

/** A list has no business, so a payment is read. @source dodopayments 2.52.0, resources/payments.d.ts, `Payment` */
export async function readBusinessId({ sdk, reading }: Client): Promise<string | null> {
  const page = await translated(sdk.payments.list({ page_size: 1 }, reading("patient")));
  const paymentId = textOf(fieldsOf(itemsOf(page)[0])["payment_id"]);
  if (paymentId === null) return null;
  const payment = await translated(sdk.payments.retrieve(paymentId, reading("patient")));
  return textOf(fieldsOf(payment)["business_id"]);
}
