/** The console as HTML. */
import type { SandboxContext } from "../model/context.ts";
import { isEnded, isOpen, type Payment, type Subscription } from "../model/state/entities.ts";
import type { Delivery } from "../model/state/logs.ts";
import { paymentsOf } from "../model/state/store.ts";
import { consoleSubscription } from "./console-actions.ts";
import type { ConsoleExtras, ConsoleFacts, ConsoleLink } from "./console-extras.ts";
import { html, type Html } from "./html.ts";
import { money, page } from "./layout.ts";
import { CHOICES, chosenNextAttempt, DECLINE_CODES } from "./next-attempt.ts";

const DELIVERIES_SHOWN = 30;
const SUBSCRIPTIONS_SHOWN = 100;

/** @param answers to the latest press on each subscription */
export async function overview(
  context: SandboxContext,
  extras: ConsoleExtras,
  answers: ReadonlyMap<string, readonly string[]>,
): Promise<string> {
  const { store, settings } = context;
  const subscriptions = [...store.subscriptions.values()].slice(-SUBSCRIPTIONS_SHOWN).toReversed();
  const sections = await Promise.all(
    subscriptions.map(async (one) => {
      const facts = await extras.describe(consoleSubscription(context, one));
      return subscriptionSection(context, one, {
        extras,
        facts,
        answer: answers.get(one.subscriptionId) ?? [],
      });
    }),
  );
  const endpoint =
    settings.webhookUrl === null
      ? html`No webhook endpoint`
      : html`Webhook endpoint: <code>${settings.webhookUrl}</code>`;
  const body = html`<h1>Sandbox Dodo</h1>
    <p class="quiet">
      ${endpoint} · ${store.customers.size} customers · ${store.subscriptions.size} subscriptions ·
      ${store.payments.size} payments
    </p>
    ${linkList(extras.links())}
    ${
      sections.length === 0
        ? html`<section>
            No subscriptions yet. Create one with <code>POST /sandbox/subscriptions</code>.
          </section>`
        : sections
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

type Shown = {
  readonly extras: ConsoleExtras;
  readonly facts: ConsoleFacts;
  readonly answer: readonly string[];
};

function subscriptionSection(
  context: SandboxContext,
  subscription: Subscription,
  { extras, facts, answer }: Shown,
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
    ${
      answer.length === 0
        ? null
        : html`<div class="answer" role="status">
            ${answer.map((line) => html`<p>${line}</p>`)}
          </div>`
    }
    ${
      facts.facts.length === 0
        ? null
        : html`<dl>
            ${facts.facts.map(
              ({ label, text }) =>
                html`<div>
                  <dt>${label}</dt>
                  <dd>${text}</dd>
                </div>`,
            )}
          </dl>`
    }
    ${linkList(facts.links)} ${isEnded(status) ? null : actions(context, subscription, extras)}
    ${payments.length === 0 ? null : paymentTable(payments)}
  </section>`;
}

function linkList(links: readonly ConsoleLink[]): Html | null {
  if (links.length === 0) return null;
  return html`<p class="links">
    ${links.map(({ label, href }) => html`<a href="${href}">${label}</a> `)}
  </p>`;
}

function actions(context: SandboxContext, subscription: Subscription, extras: ConsoleExtras): Html {
  const path = `/console/subscriptions/${subscription.subscriptionId}`;
  const chosen = chosenNextAttempt(context, subscription);
  const button = (action: string, label: string): Html =>
    html`<form class="inline" method="post" action="${path}">
      <button name="action" value="${action}">${label}</button>
    </form>`;
  return html`<div class="actions">
    <form class="inline" method="post" action="${path}">
      <select name="code" aria-label="Decline code">
        ${DECLINE_CODES.map((code) => html`<option>${code}</option>`)}
      </select>
      <button name="action" value="fail">Charge and decline</button>
    </form>
    <form class="inline" method="post" action="${path}">
      <label
        >The next attempt will
        <select name="choice">
          ${CHOICES.map(({ value, label }) =>
            value === chosen
              ? html`<option value="${value}" selected>${label}</option>`
              : html`<option value="${value}">${label}</option>`,
          )}
        </select></label
      >
      <button name="action" value="next">Set</button>
    </form>
    ${button("charge", "Charge")} ${button("pay", "Pay as customer")}
    ${button("cancel", "Cancel as customer")}
    ${extras.actions.map(
      ({ label }, index) =>
        html`<form class="inline" method="post" action="${path}">
          <input type="hidden" name="index" value="${index}" />
          <button class="strong" name="action" value="extra">${label}</button>
        </form>`,
    )}
  </div>`;
}

function paymentTable(payments: readonly Payment[]): Html {
  return html`<div class="scroll">
    <table class="cards">
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
