import { afterAll, beforeAll, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../../domain/values/time.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});
afterAll(() => system.close());

const AGENTS: readonly Record<string, string>[] = [
  {},
  { "sec-purpose": "prefetch;prerender", purpose: "prefetch" },
  { "user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)" },
  { "user-agent": "Mozilla/5.0 Google-Safety; Barracuda Sentinel (EE)" },
];

/** Opens every gateway address in a mail, as scanners do. @returns how many there are */
async function scan(mail: TestSystem["inbox"]["mails"][number]): Promise<number> {
  const text = [mail.html, mail.text, ...Object.values(mail.headers)].join("\n");
  const found = new Set(text.match(/https?:\/\/[^\s"<>]+/g));
  const urls = [...found].filter((url) => url.startsWith(system.gatewayUrl));
  for (const url of urls) {
    for (const headers of AGENTS) {
      for (const method of ["GET", "HEAD"]) {
        await (await fetch(url, { method, headers, redirect: "manual" })).arrayBuffer();
      }
    }
  }
  return urls.length;
}

test("scanners, prefetchers and link previews that open every link of every mail change nothing", async () => {
  const { control } = system.sandbox;
  const email = "scanned@example.com";
  const { subscriptionId: id } = await control.createSubscription({ onDemand: true, email });
  const decline = "INSUFFICIENT_FUNDS";
  await control.script(id, [{ decline }, { decline: "EXPIRED_CARD" }], "succeed");
  await control.charge(id);
  await until(async () => await system.readView(id), { what: "the recovery" });
  let scanned = 0;
  const subjects = new Set<string>();
  const scanNew = async (): Promise<void> => {
    const mails = system.inbox.mails.filter(({ to }) => to.includes(email)).slice(subjects.size);
    for (const mail of mails) {
      const view = await system.readView(id);
      const asked = await control.requests({ subscriptionId: id });
      expect(await scan(mail), mail.subject).toBeGreaterThan(0);
      expect(await system.readView(id)).toEqual(view);
      expect(await control.requests({ subscriptionId: id })).toEqual(asked);
      subjects.add(`${mail.id} ${mail.subject}`);
      scanned += 1;
    }
  };
  // The mails: payment failed, retry ahead, action needed, two reminders and the last reminder.
  for (const days of [0.25, 2, 1, 3.5, 4, 7, 7]) {
    await system.skipTime(id, days * DAY_MS);
    await until(
      async () => Object.keys((await system.readView(id)).recovery.pendingEffects).length === 0,
      {
        what: "no pending effect",
      },
    );
    await scanNew();
  }
  expect(scanned).toBe(6);
  // The scan includes `List-Unsubscribe`, where only a POST stops reminders.
  expect(system.inbox.mails.every(({ headers }) => headers["list-unsubscribe"] !== undefined)).toBe(
    true,
  );
  // Then the customer presses the button.
  const last = system.inbox.mails.findLast(({ to }) => to.includes(email));
  const link = /http\S+\/pay\/\S+/.exec(last?.text ?? "")?.[0] ?? "";
  expect((await fetch(link, { method: "POST", redirect: "manual" })).status).toBe(303);
  await control.payAsCustomer(id, { card: "good" });
  await system.skipTime(id, HOUR_MS);
  expect((await system.runToEnd(id)).outcome).toBe("recovered");
});
