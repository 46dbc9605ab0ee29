/**
 * Floor of a recovery: what somebody writes by hand who needs just this. One activity for each call and each mail, no local
 * activities, no heartbeats, no search attributes.
 */
import { condition, defineSignal, proxyActivities, setHandler, sleep } from "@temporalio/workflow";
import type { activitiesOf } from "./activities.ts";
import type { Plan, Step, Webhook } from "./plan.ts";

export const webhookReceived = defineSignal<[Webhook]>("webhook");

const { read, charge, sendMail } = proxyActivities<ReturnType<typeof activitiesOf>>({
  startToCloseTimeout: "1m",
});

export async function floorRecovery(plan: Plan): Promise<"recovered" | "exhausted" | "stopped"> {
  const webhooks: Webhook[] = [];
  setHandler(webhookReceived, (webhook) => void webhooks.push(webhook));
  let mails = 0;

  async function readAll(routes: Step["reads"]): Promise<readonly string[]> {
    const failed = webhooks.find(({ type }) => type === "payment.failed");
    const { subscriptionId, customerId, productId } = plan;
    const ids = { subscriptionId, customerId, productId, paymentId: failed?.paymentId ?? "" };
    return await Promise.all(routes.map(async (route) => await read(route, ids)));
  }

  for (const step of plan.steps) {
    const waitMs = plan.openedAt + step.atMs - Date.now();
    if (waitMs > 0) await sleep(waitMs);
    const statuses = await readAll(step.reads);
    if (step.charges) {
      if (statuses.includes("cancelled")) return "stopped";
      const paymentId = await charge(plan.subscriptionId, `${plan.subscriptionId}-${step.atMs}`);
      const ended = (one: Webhook): boolean =>
        one.paymentId === paymentId && one.type !== "payment.processing";
      await condition(() => webhooks.some(ended), "10m");
      if (webhooks.find(ended)?.type !== "payment.succeeded") continue;
      await readAll(plan.afterSuccess);
      await sendMail(mails);
      return "recovered";
    }
    if (step.mails) {
      await sendMail(mails);
      mails += 1;
    }
  }
  return "exhausted";
}
