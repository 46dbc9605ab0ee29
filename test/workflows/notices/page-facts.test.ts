import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system.close());

/** The facts in an email's text, and on a page. */
const inMail = (text: string, label: string): string | undefined =>
  new RegExp(`^${label}: (.*)$`, "m").exec(text)?.[1];
const onPage = (html: string, label: string): string | undefined =>
  new RegExp(`<dt>${label}</dt><dd[^>]*>(.*?)</dd>`).exec(html)?.[1];

test("the page behind a notice names product, amount, date, card and deadline as the notice does, without a read of Dodo", async () => {
  const { control } = system.sandbox;
  const email = "denver@example.com";
  const { subscriptionId } = await control.createSubscription({
    onDemand: true,
    email,
    metadata: { reprise_timezone: "America/Denver" },
  });
  await control.charge(subscriptionId, { outcome: { decline: "EXPIRED_CARD" } });
  await until(async () => await system.readView(subscriptionId), { what: "the recovery" });
  await system.skipTime(subscriptionId, 60_000);
  const mail = await until(() => system.inbox.mails.find(({ to }) => to.includes(email)), {
    what: "the mail",
  });
  const link = /https?:\/\/\S+\/pay\/\S+/.exec(mail.text)?.[0] ?? "";
  await until(async () => (await system.readView(subscriptionId)).recovery.shown, {
    what: "the notice's outcome",
  });
  const readsBefore = (await control.requests({ subscriptionId })).length;
  const html = await (await fetch(link)).text();
  for (const label of ["Product", "Amount", "Date", "Card", "Please pay by"]) {
    expect(onPage(html, label), label).toBeDefined();
    expect(onPage(html, label), label).toBe(inMail(mail.text, label));
  }
  expect(onPage(html, "Please pay by")).toMatch(/M[DS]T$/);
  expect((await control.requests({ subscriptionId })).length).toBe(readsBefore);
  const { shown } = (await system.readView(subscriptionId)).recovery;
  expect(shown).toMatchObject({ timeZone: "America/Denver", paidWith: { kind: "card" } });
  expect(JSON.stringify(shown)).not.toContain(email);
});
