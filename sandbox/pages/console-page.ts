/** The console: one page that shows the whole sandbox and lets a person drive it. */
import type { FastifyInstance } from "fastify";
import { parseBody } from "../api/request-body.ts";
import type { SandboxContext } from "../model/context.ts";
import { getPayment } from "../model/payments.ts";
import { getSubscription } from "../model/subscriptions.ts";
import { endPayment, paymentForm, press, subscriptionForm } from "./console-actions.ts";
import type { ConsoleExtras } from "./console-extras.ts";
import { overview } from "./console-view.ts";
import { PAGE_TYPE } from "./layout.ts";

export function addConsole(
  app: FastifyInstance,
  context: SandboxContext,
  extras: ConsoleExtras,
): void {
  /** The answer to the latest press on each subscription. */
  const answers = new Map<string, readonly string[]>();
  app.get("/", async (_request, reply) =>
    reply.type(PAGE_TYPE).send(await overview(context, extras, answers)),
  );
  app.post<{ Params: { id: string } }>("/console/subscriptions/:id", async (request, reply) => {
    const subscription = getSubscription(context, request.params.id);
    const { subscriptionId } = subscription;
    const form = parseBody(subscriptionForm, request.body);
    answers.set(subscriptionId, await press(context, subscription, form, extras));
    return await reply.redirect(`/#${subscriptionId}`, 303);
  });
  app.post<{ Params: { id: string } }>("/console/payments/:id", async (request, reply) => {
    const payment = getPayment(context, request.params.id);
    const subscriptionId = payment.subscriptionIds[0] ?? "";
    const form = parseBody(paymentForm, request.body);
    answers.set(subscriptionId, await endPayment(context, payment, form, extras));
    return await reply.redirect(`/#${subscriptionId}`, 303);
  });
}
