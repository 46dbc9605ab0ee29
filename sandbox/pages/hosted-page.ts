/** The page on which a customer pays: of a payment link, and of a checkout. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { CARD_NAMES, CARDS } from "../model/state/cards.ts";
import { parseBody } from "../model/charge-rules.ts";
import { isPayable, payWithCard } from "../model/customer-actions.ts";
import { html, money, page, PAGE_TYPE, type Html } from "./html.ts";
import { isAbandoned, advancePaymentClock } from "../model/lifecycle.ts";
import type { Payment } from "../model/state/entities.ts";
import type { SandboxContext } from "../model/context.ts";

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
    return reply.code(404).send(plain("Not found", "There is no such payment."));
  }
  const now = advancePaymentClock(context, payment);
  if (isAbandoned(payment, now)) {
    return reply
      .code(410)
      .send(plain("This link has expired", "Ask the seller for a new one to pay."));
  }
  if (!isPayable(payment, now)) return reply.send(endPage(payment));
  return reply.send(payPage(context, payment));
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
  // Who leaves the bank's page comes back nowhere.
  if (payment.status === "requires_customer_action") return show(context, payment, reply);
  const returnUrl = payment.link?.returnUrl ?? null;
  if (returnUrl === null)
    return reply.redirect(`${context.publicUrl}/pay/${payment.paymentId}`, 303);
  const target = new URL(returnUrl);
  target.searchParams.set("payment_id", payment.paymentId);
  target.searchParams.set("status", payment.status ?? "processing");
  if (payment.origin === "checkout") {
    target.searchParams.set("subscription_id", payment.subscriptionIds[0] ?? "");
  }
  return reply.redirect(target.toString(), 303);
}

function payPage({ store, settings }: SandboxContext, payment: Payment): string {
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
          ? html`<p>Nothing is charged today.</p>`
          : html`<p class="quiet">${subscription?.productName ?? "Your order"}</p>
              <p class="amount">${amount}</p>`
      }
      ${
        payment.status === "requires_customer_action"
          ? html`<p>Your bank is still waiting for you to confirm. Choose a card to try again.</p>`
          : null
      }
      <form method="post">
        ${cardChoices()}
        <button class="main">${isSetup ? "Save this card" : `Pay ${amount}`}</button>
      </form>
    </div>`,
  );
}

export function cardChoices(): Html[] {
  return CARD_NAMES.map((name) => {
    const { label, lastFour } = CARDS[name];
    const input =
      name === "good"
        ? html`<input type="radio" name="card" value="${name}" checked />`
        : html`<input type="radio" name="card" value="${name}" />`;
    return html`<label class="choice">${input} ${label} <small>•••• ${lastFour}</small></label>`;
  });
}

const ENDS: Readonly<Record<string, readonly [string, string]>> = {
  succeeded: ["Thank you", "Your payment went through. You can close this page."],
  failed: [
    "The payment did not go through",
    "Your card was declined. Go back to the seller to try another one.",
  ],
  processing: ["Your payment is being processed", "Please look again in a moment."],
};

function endPage({ status }: Payment): string {
  const [title, text] = ENDS[status ?? ""] ?? [
    "Nothing to pay here",
    "This payment no longer takes a card.",
  ];
  return plain(title, text);
}

function plain(title: string, text: string): string {
  return page(
    title,
    "narrow",
    html`<div class="sheet">
      <h1>${title}</h1>
      <p>${text}</p>
    </div>`,
  );
}
