/** The console: one page that shows the whole sandbox and lets a person drive it. */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { parseBody } from "../api/request-body.ts";
import { chargeAsMerchant } from "../control/payment-actions.ts";
import type { SandboxContext } from "../model/context.ts";
import { cancelAsCustomer, payAsCustomer } from "../model/customer-actions.ts";
import { notFound } from "../model/errors.ts";
import { applyResult } from "../model/payment-results.ts";
import { getPayment } from "../model/payments.ts";
import { isEnded, isOpen, type Payment, type Subscription } from "../model/state/entities.ts";
import type { Delivery } from "../model/state/logs.ts";
import { paymentsOf } from "../model/state/store.ts";
import { getSubscription } from "../model/subscriptions.ts";
import { html, type Html } from "./html.ts";
import { money, page, PAGE_TYPE } from "./layout.ts";

/** A button beside each subscription that the caller of `startSandbox` adds. */
export type ExtraAction = {
  readonly label: string;
  readonly perform: (subscriptionId: string) => Promise<void>;
};

/** One code for each way to handle a decline, and one that Dodo does not document. */
const DECLINE_CODES = [
  "INSUFFICIENT_FUNDS",
  "GENERIC_DECLINE",
  "PROCESSING_ERROR",
  "AUTHENTICATION_REQUIRED",
  "EXPIRED_CARD",
  "STOLEN_CARD",
  "INVALID_AMOUNT",
  "UNDOCUMENTED_CODE",
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
      perform(context, subscription, form);
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

function perform(
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
  const endpoint =
    settings.webhookUrl === null
      ? html`No webhook endpoint`
      : html`Webhook endpoint: <code>${settings.webhookUrl}</code>`;
  const body = html`<h1>Sandbox Dodo</h1>
    <p class="quiet">
      ${endpoint} · ${store.customers.size} customers · ${store.subscriptions.size} subscriptions ·
      ${store.payments.size} payments
    </p>
    ${
      subscriptions.length === 0
        ? html`<section>
            No subscriptions yet. Create one with <code>POST /sandbox/subscriptions</code>.
          </section>`
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
            <th>Responses</th>
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
        subscription.cancelAtNextBillingDate ? " · cancels at the next billing date" : ""
      }
    </p>
    ${isEnded(status) ? null : actions(subscriptionId, extraActions)}
    <div class="scroll">
      <table>
        <tr>
          <th>Payment</th>
          <th>Origin</th>
          <th>Amount</th>
          <th>Status</th>
          <th>Created (UTC)</th>
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
        ${DECLINE_CODES.map((code) => html`<option>${code}</option>`)}
      </select>
      <button name="action" value="fail">Charge and decline with this code</button>
    </form>
    ${button("charge", "Charge")} ${button("pay", "Pay as customer")}
    ${button("cancel", "Cancel as customer")}
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
  const key = payment.metadata["recovery_attempt"];
  // The key is `<debt id>.<attempt number>`.
  const attempt = typeof key === "string" ? `, attempt ${key.split(".").at(-1)}` : "";
  const open = html`<form
    class="inline"
    method="post"
    action="/console/payments/${payment.paymentId}"
  >
    <button name="action" value="fail">Decline</button>
    <button name="action" value="settle">Succeed</button>
  </form>`;
  return html`<tr>
    <td><code>${payment.paymentId}</code></td>
    <td>${payment.origin}${attempt}</td>
    <td>${money(payment.totalMinor, payment.currency)}</td>
    <td>${payment.status ?? "null"} ${payment.errorCode}</td>
    <td>${formatInstant(payment.createdAt)}</td>
    <td>
      ${isOpen(payment) && payment.link === null ? open : null}
      ${payment.link === null ? null : html`<a href="/pay/${payment.paymentId}">Payment page</a>`}
    </td>
  </tr>`;
}

function formatInstant(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19).replace("T", " ");
}

function deliveryRow(delivery: Delivery): Html {
  const responses = delivery.attempts.map(({ status, error }) => status ?? error ?? "…").join(", ");
  return html`<tr>
    <td>${delivery.type}</td>
    <td><code>${delivery.subscriptionId}</code></td>
    <td>${delivery.state}</td>
    <td>${responses}</td>
  </tr>`;
}
