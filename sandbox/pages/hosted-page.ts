/** The page on which a customer pays, for payment links and for checkouts. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { parseBody } from "../api/request-body.ts";
import { advancePaymentClock } from "../model/clock.ts";
import type { SandboxContext } from "../model/context.ts";
import { isPayable, payWithCard } from "../model/customer-actions.ts";
import { CARD_NAMES } from "../model/state/cards.ts";
import { isAbandoned, type Payment } from "../model/state/entities.ts";
import { cardChoices } from "./card-choices.ts";
import { html } from "./html.ts";
import { money, page, PAGE_TYPE } from "./layout.ts";

const formSchema = z.object({ card: z.enum(CARD_NAMES) });

export function addHostedPages(app: FastifyInstance, context: SandboxContext): void {
  const { store } = context;
  app.get<{ Params: { id: string } }>("/pay/:id", (request, reply) =>
    show(context, store.payments.get(request.params.id), reply),
  );
  app.post<{ Params: { id: string } }>("/pay/:id", (request, reply) =>
    pay(context, store.payments.get(request.params.id), request.body, reply),
  );
  app.get<{ Params: { id: string } }>("/checkout/:id", (request, reply) =>
    show(context, paymentOfSession(context, request.params.id), reply),
  );
  app.post<{ Params: { id: string } }>("/checkout/:id", (request, reply) =>
    pay(context, paymentOfSession(context, request.params.id), request.body, reply),
  );
}

function paymentOfSession({ store }: SandboxContext, sessionId: string): Payment | undefined {
  return store.payments.get(store.checkouts.get(sessionId)?.paymentId ?? "");
}

function show(
  context: SandboxContext,
  payment: Payment | undefined,
  reply: FastifyReply,
): FastifyReply {
  void reply.type(PAGE_TYPE);
  if (payment?.link == null) {
    return reply.code(404).send(messagePage("Not found", "This payment does not exist."));
  }
  const now = advancePaymentClock(context, payment);
  if (isAbandoned(payment, now)) {
    return reply
      .code(410)
      .send(messagePage("This link has expired", "Ask the seller for a new payment link."));
  }
  if (!isPayable(payment, now)) return reply.send(resultPage(payment));
  return reply.send(paymentPage(context, payment));
}

function pay(
  context: SandboxContext,
  payment: Payment | undefined,
  body: unknown,
  reply: FastifyReply,
): FastifyReply {
  if (payment === undefined || !isPayable(payment, advancePaymentClock(context, payment))) {
    return show(context, payment, reply);
  }
  const { card } = parseBody(formSchema, body);
  payWithCard(context, payment, card);
  // A customer who leaves the bank's 3-D Secure page does not return to the merchant.
  if (payment.status === "requires_customer_action") return show(context, payment, reply);
  const returnUrl = payment.link?.returnUrl ?? null;
  if (returnUrl === null) {
    return reply.redirect(`${context.publicUrl}/pay/${payment.paymentId}`, 303);
  }
  const target = new URL(returnUrl);
  target.searchParams.set("payment_id", payment.paymentId);
  target.searchParams.set("status", payment.status ?? "processing");
  if (payment.origin === "checkout") {
    target.searchParams.set("subscription_id", payment.subscriptionIds[0] ?? "");
  }
  return reply.redirect(target.toString(), 303);
}

function paymentPage({ store, settings }: SandboxContext, payment: Payment): string {
  const subscription = store.subscriptions.get(payment.subscriptionIds[0] ?? "");
  const isSetup = payment.totalMinor === 0;
  const amount = money(payment.totalMinor, payment.currency);
  const title = isSetup ? "Add a payment method" : `Pay ${settings.businessName}`;
  return page(
    title,
    "narrow",
    html`<div class="sheet">
      <h1>${title}</h1>
      ${
        isSetup
          ? html`<p>You pay nothing today.</p>`
          : html`<p class="quiet">${subscription?.productName ?? "Your order"}</p>
              <p class="amount">${amount}</p>`
      }
      ${
        payment.status === "requires_customer_action"
          ? html`<p>
              Your bank is still waiting for your confirmation. Choose a card to try again.
            </p>`
          : null
      }
      <form method="post">
        ${cardChoices()}
        <button class="main">${isSetup ? "Save this card" : `Pay ${amount}`}</button>
      </form>
    </div>`,
  );
}

const RESULTS: Readonly<Record<string, readonly [title: string, text: string]>> = {
  succeeded: ["Thank you", "Your payment went through. You can close this page."],
  failed: [
    "Your payment did not go through",
    "Your card was declined. Go back to the seller to try another card.",
  ],
  processing: ["Your payment is processing", "Check this page again in a moment."],
};

const CARD_SAVED = ["Thank you", "Your card is saved. You can close this page."] as const;

function resultPage({ status, totalMinor }: Payment): string {
  const isSetup = status === "succeeded" && totalMinor === 0;
  const [title, text] = (isSetup ? CARD_SAVED : RESULTS[status ?? ""]) ?? [
    "Nothing to pay",
    "This payment no longer accepts a card.",
  ];
  return messagePage(title, text);
}

function messagePage(title: string, text: string): string {
  return page(
    title,
    "narrow",
    html`<div class="sheet">
      <h1>${title}</h1>
      <p>${text}</p>
    </div>`,
  );
}
