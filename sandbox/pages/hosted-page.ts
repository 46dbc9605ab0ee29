/** The page on which a customer pays: of a payment link, and of a checkout. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { CARD_NAMES, CARDS } from "../model/state/cards.ts";
import { parseBody } from "../model/charge-rules.ts";
import { isPayable, payWith } from "../model/customer-actions.ts";
import { html, money, page, PAGE_TYPE, type Html } from "./html.ts";
import { isAbandoned, paymentTime } from "../model/lifecycle.ts";
import type { Payment } from "../model/state/entities.ts";
import type { World } from "../model/context.ts";

const formSchema = z.object({ card: z.enum(CARD_NAMES) });

export function addHostedPages(app: FastifyInstance, world: World): void {
  const { books } = world;
  app.get<{ Params: { id: string } }>("/pay/:id", (request, reply) =>
    show(world, books.payments.get(request.params.id), reply),
  );
  app.post<{ Params: { id: string } }>("/pay/:id", (request, reply) =>
    pay(world, books.payments.get(request.params.id), request.body, reply),
  );
  app.get<{ Params: { id: string } }>("/checkout/:id", (request, reply) =>
    show(world, paymentOfSession(world, request.params.id), reply),
  );
  app.post<{ Params: { id: string } }>("/checkout/:id", (request, reply) =>
    pay(world, paymentOfSession(world, request.params.id), request.body, reply),
  );
}

function paymentOfSession({ books }: World, sessionId: string): Payment | undefined {
  return books.payments.get(books.checkouts.get(sessionId)?.paymentId ?? "");
}

function show(world: World, payment: Payment | undefined, reply: FastifyReply): FastifyReply {
  void reply.type(PAGE_TYPE);
  if (payment?.link == null) {
    return reply.code(404).send(plain("Not found", "There is no such payment."));
  }
  const now = paymentTime(world, payment);
  if (isAbandoned(payment, now)) {
    return reply
      .code(410)
      .send(plain("This link has expired", "Ask the seller for a new one to pay."));
  }
  if (!isPayable(payment, now)) return reply.send(endPage(payment));
  return reply.send(payPage(world, payment));
}

function pay(
  world: World,
  payment: Payment | undefined,
  body: unknown,
  reply: FastifyReply,
): FastifyReply {
  if (payment === undefined || !isPayable(payment, paymentTime(world, payment))) {
    return show(world, payment, reply);
  }
  const { card } = parseBody(formSchema, body);
  payWith(world, payment, card);
  // Who leaves the bank's page comes back nowhere.
  if (payment.status === "requires_customer_action") return show(world, payment, reply);
  const returnUrl = payment.link?.returnUrl ?? null;
  if (returnUrl === null) return reply.redirect(`${world.publicUrl}/pay/${payment.paymentId}`, 303);
  const target = new URL(returnUrl);
  target.searchParams.set("payment_id", payment.paymentId);
  target.searchParams.set("status", payment.status ?? "processing");
  if (payment.origin === "checkout") {
    target.searchParams.set("subscription_id", payment.subscriptionIds[0] ?? "");
  }
  return reply.redirect(target.toString(), 303);
}

function payPage({ books, settings }: World, payment: Payment): string {
  const subscription = books.subscriptions.get(payment.subscriptionIds[0] ?? "");
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
