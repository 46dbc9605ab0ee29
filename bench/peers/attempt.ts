import { readFileSync } from "node:fs";
import { settingOf } from "../floors/announce.ts";
import { activitiesOf } from "../floors/recovery/activities.ts";
import type { Plan } from "../floors/recovery/plan.ts";

export type Job = { readonly subscriptionId: string; readonly customerId: string };

/** What a peer does in one job: the calls, the charge and the mail of the attempt that succeeds. */
export function createAttempt(): (job: Job) => Promise<void> {
  const { steps, afterSuccess } = readSetting<Pick<Plan, "steps" | "afterSuccess">>("PLAN");
  const activities = activitiesOf({
    apiKey: settingOf("API_KEY"),
    baseUrl: settingOf("BASE_URL"),
    smtpUrl: settingOf("SMTP_URL"),
    mails: readSetting("MAILS"),
  });
  const reads = steps.find((step) => step.charges)?.reads ?? [];
  return async (job) => {
    const ids = { ...job, productId: "pdt_sandbox", paymentId: "" };
    // A job knows no payment that failed.
    const known = (routes: readonly string[]): readonly string[] =>
      routes.filter((route) => !route.includes(":paymentId"));
    await Promise.all(known(reads).map(async (route) => await activities.read(route, ids)));
    await activities.charge(job.subscriptionId, job.subscriptionId);
    await Promise.all(known(afterSuccess).map(async (route) => await activities.read(route, ids)));
    await activities.sendMail(0);
  };
}

function readSetting<Type>(name: string): Type {
  return JSON.parse(readFileSync(settingOf(name), "utf8")) as Type;
}
