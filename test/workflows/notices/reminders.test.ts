import { afterAll, beforeAll, expect, test } from "vitest";
import { DAY_MS } from "../../../domain/values/time.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system.close());

test("one-click unsubscribe stops the reminders of a debt, and its link still pays", async () => {
  const email = "no-more@example.com";
  const id = await failedCharge(system, [{ decline: "EXPIRED_CARD" }], { email });
  const mails = () => system.inbox.mails.filter(({ to }) => to.includes(email));
  await until(() => mails().length === 1, { what: "the first mail" });
  const [mail] = mails();
  const url = /<(.*)>/.exec(mail?.headers["list-unsubscribe"] ?? "")?.[1] ?? "";
  const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" });
  const press = async (): Promise<number> => (await fetch(url, { method: "POST", body })).status;
  expect([await press(), await press()]).toEqual([200, 200]);
  // Two reminders would have been sent, on days 3 and 7.
  await system.skipTime(id, 9 * DAY_MS);
  expect(mails()).toHaveLength(1);
  const link = /http\S+\/pay\/\S+/.exec(mail?.text ?? "")?.[0] ?? "";
  expect((await fetch(link, { method: "POST", redirect: "manual" })).status).toBe(303);
  await system.sandbox.control.payAsCustomer(id, { card: "good" });
  expect((await system.runToEnd(id)).outcome).toBe("recovered");
  expect(mails().map(({ subject }) => subject)).toHaveLength(2);
  // After the end the link still answers, and has no effect.
  expect(await press()).toBe(200);
});
