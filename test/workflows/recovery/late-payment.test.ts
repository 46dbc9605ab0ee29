import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS } from "../../../domain/values/time.ts";
import { RECOVERY_QUERY, type RecoveryView } from "../../../workflows/contract.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});

afterAll(async () => {
  await system.close();
});

type Late = { readonly id: string; readonly link: string; readonly email: string };

/** A recovery whose window has ended unpaid, and the link in its last mail. */
async function exhausted(name: string): Promise<Late> {
  const email = `${name}@example.com`;
  const { control } = system.sandbox;
  const { customerId } = await control.createCustomer({ email, name });
  const { subscriptionId: id } = await control.createSubscription({
    customerId,
    onDemand: true,
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
  });
  await control.charge(id, { outcome: { decline: "EXPIRED_CARD" } });
  await until(async () => (await system.readView(id)).recovery.openedAt > 0, {
    what: "its recovery",
  });
  const result = await system.runToEnd(id);
  expect(result.outcome).toBe("exhausted");
  const mail = system.inbox.mails.findLast(
    ({ to, text }) => to.includes(email) && text.includes("/pay/"),
  );
  const link = /http\S+\/pay\/\S+/.exec(mail?.text ?? "")?.[0];
  if (link === undefined) throw new Error("no mail with a link has arrived");
  return { id, link, email };
}

const press = async (link: string): Promise<Response> =>
  await fetch(link, { method: "POST", redirect: "manual" });

async function runsOf(id: string): Promise<number> {
  let count = 0;
  for await (const _ of system.client.workflow.list({ query: `WorkflowId = "recovery-${id}"` }))
    count += 1;
  return count;
}

const viewOf = async (id: string): Promise<RecoveryView> =>
  await system.client.workflow.getHandle(`recovery-${id}`).query<RecoveryView>(RECOVERY_QUERY);

describe("a late payer, on a real Temporal server", () => {
  test("is offered to pay, and pays: two presses at once lead to one run, and the debt is recovered late", async () => {
    const { id, link, email } = await exhausted("late-payer");
    const mails = (): number => system.inbox.mails.filter(({ to }) => to.includes(email)).length;
    const before = mails();
    const page = await (await fetch(link)).text();
    expect(page).toContain("You can still pay");
    expect(await runsOf(id)).toBe(1);
    const [one, two] = await Promise.all([press(link), press(link)]);
    expect([one.status, two.status]).toEqual([303, 303]);
    expect(one.headers.get("location")).toBe(two.headers.get("location"));
    await system.sandbox.control.payAsCustomer(id, { card: "good" });
    const result = await system.runToEnd(id);
    expect(result).toMatchObject({
      outcome: "recovered",
      by: "link",
      debts: [{ outcome: "recovered", late: true, reactivated: true }],
    });
    expect(await (await fetch(link)).text()).toContain("Thank you, your payment went through");
    await until(async () => (await runsOf(id)) === 2, { what: "both runs in the list" });
    expect(mails()).toBe(before);
  });

  test("is told what is open and whom to ask, once the subscription is no longer on hold", async () => {
    const { id, link } = await exhausted("too-late-payer");
    await system.sandbox.control.updateSubscription(id, { status: "paused" });
    const answer = await press(link);
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain("This payment is still due");
    await until(async () => (await viewOf(id)).recovery.state === "ended", { what: "its end" });
    const page = await (await fetch(link)).text();
    expect(page).toContain("This payment is still due");
    expect(page).not.toContain("<button");
  });
});
