/** The customer portal: change the payment method, or cancel. @source docs/dodo/checkout.md, "Customer portal" */
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { parseBody } from "../api/request-body.ts";
import { wallNow, type SandboxContext } from "../model/context.ts";
import { cancelAsCustomer, changePaymentMethod } from "../model/customer-actions.ts";
import { duesOf } from "../model/dues.ts";
import { CARD_NAMES } from "../model/state/cards.ts";
import { isEnded, isHeld, type PortalSession, type Subscription } from "../model/state/entities.ts";
import { cardChoices } from "./card-choices.ts";
import { html, type Html } from "./html.ts";
import { money, page, PAGE_TYPE } from "./layout.ts";

const formSchema = z.discriminatedUnion("action", [
  z.object({ action: z.literal("card"), subscription: z.string(), card: z.enum(CARD_NAMES) }),
  z.object({ action: z.literal("cancel"), subscription: z.string() }),
]);

export function addPortalPages(app: FastifyInstance, context: SandboxContext): void {
  app.get<{ Params: { token: string } }>("/portal/:token", (request, reply) => {
    const session = context.store.portals.get(request.params.token);
    return isValidSession(context, session)
      ? reply.type(PAGE_TYPE).send(portal(context, session))
      : expired(reply);
  });
  app.post<{ Params: { token: string } }>("/portal/:token", (request, reply) => {
    const session = context.store.portals.get(request.params.token);
    if (!isValidSession(context, session)) return expired(reply);
    const form = parseBody(formSchema, request.body);
    const subscription = context.store.subscriptions.get(form.subscription);
    if (subscription?.customerId === session.customerId) {
      if (form.action === "card") changePaymentMethod(context, subscription, form.card);
      else cancelAsCustomer(context, subscription, "next_billing_date");
    }
    return reply.redirect(`${context.publicUrl}/portal/${session.token}`, 303);
  });
}

function isValidSession(
  context: SandboxContext,
  session: PortalSession | undefined,
): session is PortalSession {
  return session !== undefined && session.expiresAt > wallNow(context.settings);
}

function expired(reply: FastifyReply): FastifyReply {
  const body = html`<div class="sheet">
    <h1>This link has expired</h1>
    <p>Portal links are valid for 24 hours.</p>
  </div>`;
  return reply
    .code(410)
    .type(PAGE_TYPE)
    .send(page("Link expired", "narrow", body));
}

function portal(context: SandboxContext, { customerId }: PortalSession): string {
  const customer = context.store.customers.get(customerId);
  const owned = [...context.store.subscriptions.values()].filter(
    (subscription) => subscription.customerId === customerId,
  );
  const body = html`<h1>Your subscriptions</h1>
    <p class="quiet">${customer?.name ?? ""} · ${customer?.email ?? ""}</p>
    ${owned.map((subscription) => subscriptionSection(context, subscription))}`;
  return page("Your subscriptions", "narrow", body);
}

function subscriptionSection(context: SandboxContext, subscription: Subscription): Html {
  const { status, productName, currency, subscriptionId } = subscription;
  const dues = money(duesOf(context, subscription).totalMinor, currency);
  return html`<section>
    <h2>${productName} <span class="status ${status}">${status}</span></h2>
    ${isHeld(subscription) ? html`<p>Your new card will be charged the ${dues} due.</p>` : null}
    ${
      subscription.cancelAtNextBillingDate
        ? html`<p>Your subscription ends at the next billing date.</p>`
        : null
    }
    ${
      isEnded(status)
        ? null
        : html`<form method="post">
              <input type="hidden" name="subscription" value="${subscriptionId}" />
              <input type="hidden" name="action" value="card" />
              ${cardChoices()}
              <button class="main">Change payment method</button>
            </form>
            <form method="post">
              <input type="hidden" name="subscription" value="${subscriptionId}" />
              <input type="hidden" name="action" value="cancel" />
              <p><button>Cancel subscription</button></p>
            </form>`
    }
  </section>`;
}
