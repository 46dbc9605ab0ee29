/** The page of the whole sandbox, for a person who looks on. */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { parseBody } from "../model/charge-rules.ts";
import { applyResult } from "../model/payments.ts";
import { chargeAsMerchant, getPayment } from "../control/payment-actions.ts";
import { cancelAsCustomer, payAsCustomer } from "../model/customer-actions.ts";
import { html, money, page, PAGE_TYPE, type Html } from "./html.ts";
import { isEnded } from "../model/lifecycle.ts";
import { getSubscription } from "../model/customers.ts";
import { notFound } from "../model/errors.ts";
import {
  isOpen,
  paymentsOf,
  type Delivery,
  type Payment,
  type Subscription,
} from "../model/state/entities.ts";
import type { SandboxContext } from "../model/context.ts";

/** A button beside each subscription that another program adds. */
export type ExtraAction = {
  readonly label: string;
  readonly perform: (subscriptionId: string) => Promise<void>;
};

/** One for each way a decline is handled, and one that no list has. */
const CODES = [
  "INSUFFICIENT_FUNDS",
  "GENERIC_DECLINE",
  "PROCESSING_ERROR",
  "AUTHENTICATION_REQUIRED",
  "EXPIRED_CARD",
  "STOLEN_CARD",
  "INVALID_AMOUNT",
  "A_CODE_NOBODY_KNOWS",
];
const DELIVERIES_SHOWN = 30;
const SUBSCRIPTIONS_SHOWN = 100;

const subscriptionForm = z.discriminatedUnion("action", [
  z.object({ action: z.literal("charge") }),
  z.object({ action: z.literal("fail"), code: z.string() }),
  z.object({ action: z.literal("pay") }),
  z.object({ action: z.literal("cancel") }),
  z.object({ action: z.literal("extra"), index: z.coerce.number().int() }),
]);

const paymentForm = z.object({ action: z.enum(["settle", "fail"]) });

export function addConsole(
  app: FastifyInstance,
  context: SandboxContext,
  extraActions: readonly ExtraAction[],
): void {
  app.get("/", (_request, reply) => reply.type(PAGE_TYPE).send(overview(context, extraActions)));
  app.post<{ Params: { id: string } }>("/console/subscriptions/:id", async (request, reply) => {
    const subscription = getSubscription(context, request.params.id);
    const form = parseBody(subscriptionForm, request.body);
    if (form.action === "extra") {
      const extra = extraActions[form.index];
      if (extra === undefined) throw notFound("Action");
      await extra.perform(subscription.subscriptionId);
    } else {
      act(context, subscription, form);
    }
    return reply.redirect(`/#${subscription.subscriptionId}`, 303);
  });
  app.post<{ Params: { id: string } }>("/console/payments/:id", (request, reply) => {
    const payment = getPayment(context, request.params.id);
    const { action } = parseBody(paymentForm, request.body);
    if (isOpen(payment)) {
      applyResult(
        context,
        payment,
        action === "settle" ? { kind: "succeeded" } : { kind: "failed", code: "GENERIC_DECLINE" },
      );
    }
    return reply.redirect(`/#${payment.subscriptionIds[0] ?? ""}`, 303);
  });
}

function act(
  context: SandboxContext,
  subscription: Subscription,
  form: Exclude<z.infer<typeof subscriptionForm>, { action: "extra" }>,
): void {
  switch (form.action) {
    case "charge":
      chargeAsMerchant(context, subscription, {}, null);
      return;
    case "fail":
      chargeAsMerchant(context, subscription, { outcome: { decline: form.code } }, null);
      return;
    case "pay":
      payAsCustomer(context, subscription, "good");
      return;
    case "cancel":
      cancelAsCustomer(context, subscription, "now");
      return;
  }
}

function overview(context: SandboxContext, extraActions: readonly ExtraAction[]): string {
  const { store, settings } = context;
  const subscriptions = [...store.subscriptions.values()].slice(-SUBSCRIPTIONS_SHOWN).toReversed();
  const body = html`<h1>Sandbox Dodo</h1>
    <p class="quiet">
      Webhooks go to <code>${settings.webhookUrl ?? "nowhere"}</code> · ${store.customers.size}
      customers · ${store.subscriptions.size} subscriptions · ${store.payments.size} payments
    </p>
    ${
      subscriptions.length === 0
        ? html`<section>No subscriptions yet: <code>POST /sandbox/subscriptions</code>.</section>`
        : subscriptions.map((one) => subscriptionSection(context, one, extraActions))
    }
    <section>
      <h2>Latest webhooks</h2>
      <div class="scroll">
        <table>
          <tr>
            <th>Type</th>
            <th>Subscription</th>
            <th>State</th>
            <th>Answers</th>
          </tr>
          ${store.deliveries.slice(-DELIVERIES_SHOWN).toReversed().map(deliveryRow)}
        </table>
      </div>
    </section>`;
  return page("Sandbox Dodo", "wide", body);
}

function subscriptionSection(
  context: SandboxContext,
  subscription: Subscription,
  extraActions: readonly ExtraAction[],
): Html {
  const { subscriptionId, status, productName, priceMinor, currency } = subscription;
  const customer = context.store.customers.get(subscription.customerId);
  const payments = paymentsOf(context.store, subscriptionId).toReversed();
  return html`<section id="${subscriptionId}">
    <h2>${customer?.name ?? ""} <span class="status ${status}">${status}</span></h2>
    <p class="quiet">
      ${customer?.email ?? ""} · ${productName}, ${money(priceMinor, currency)} ·
      <code>${subscriptionId}</code>${
        subscription.cancelAtNextBillingDate ? " · ends at the next billing date" : ""
      }
    </p>
    ${isEnded(status) ? null : actions(subscriptionId, extraActions)}
    <div class="scroll">
      <table>
        <tr>
          <th>Payment</th>
          <th>Made by</th>
          <th>Amount</th>
          <th>Status</th>
          <th>Created</th>
          <th></th>
        </tr>
        ${payments.map(paymentRow)}
      </table>
    </div>
  </section>`;
}

function actions(subscriptionId: string, extraActions: readonly ExtraAction[]): Html {
  const path = `/console/subscriptions/${subscriptionId}`;
  const button = (action: string, label: string): Html =>
    html`<form class="inline" method="post" action="${path}">
      <button name="action" value="${action}">${label}</button>
    </form>`;
  return html`<div>
    <form class="inline" method="post" action="${path}">
      <select name="code" aria-label="Decline code">
        ${CODES.map((code) => html`<option>${code}</option>`)}
      </select>
      <button name="action" value="fail">Charge, to fail with this code</button>
    </form>
    ${button("charge", "Charge")} ${button("pay", "Pay as the customer")}
    ${button("cancel", "Cancel as the customer")}
    ${extraActions.map(
      ({ label }, index) =>
        html`<form class="inline" method="post" action="${path}">
          <input type="hidden" name="index" value="${index}" />
          <button name="action" value="extra">${label}</button>
        </form>`,
    )}
  </div>`;
}

function paymentRow(payment: Payment): Html {
  const attempt = payment.metadata["recovery_attempt"];
  // An attempt's key is the debt's payment and the attempt's number.
  const number = typeof attempt === "string" ? `, attempt ${attempt.split(".").at(-1)}` : "";
  const open = html`<form
    class="inline"
    method="post"
    action="/console/payments/${payment.paymentId}"
  >
    <button name="action" value="fail">Fail this one</button>
    <button name="action" value="settle">Settle it</button>
  </form>`;
  return html`<tr>
    <td><code>${payment.paymentId}</code></td>
    <td>${payment.origin}${number}</td>
    <td>${money(payment.totalMinor, payment.currency)}</td>
    <td>${payment.status ?? "null"} ${payment.errorCode}</td>
    <td>${timeOf(payment.createdAt)}</td>
    <td>
      ${isOpen(payment) && payment.link === null ? open : null}
      ${payment.link === null ? null : html`<a href="/pay/${payment.paymentId}">page</a>`}
    </td>
  </tr>`;
}

function timeOf(createdAt: number): string {
  return new Date(createdAt).toISOString().slice(0, 19).replace("T", " ");
}

function deliveryRow(delivery: Delivery): Html {
  const answers = delivery.attempts.map(({ status, error }) => status ?? error ?? "…").join(", ");
  return html`<tr>
    <td>${delivery.type}</td>
    <td><code>${delivery.subscriptionId}</code></td>
    <td>${delivery.state}</td>
    <td>${answers}</td>
  </tr>`;
}
