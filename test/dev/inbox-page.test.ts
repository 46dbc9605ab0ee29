import { createTransport } from "nodemailer";
import { expect, onTestFinished, test } from "vitest";
import { startInbox } from "../../dev/local-stack/inbox.ts";

async function setUp(): Promise<string> {
  const inbox = await startInbox();
  onTestFinished(() => inbox.close());
  const smtp = createTransport(inbox.smtpUrl);
  for (const name of ["ada", "ben"]) {
    const to = `${name}@customer.example`;
    const html = "<html><head></head><body>Hello</body></html>";
    await smtp.sendMail({ from: "shop@shop.example", to, subject: `For <${name}>`, html });
  }
  smtp.close();
  return inbox.url;
}

test("the inbox lists all emails, or those to one recipient", async () => {
  const url = await setUp();
  const all = await (await fetch(url)).text();
  expect(all).toContain("For &lt;ada&gt;");
  expect(all).toContain("For &lt;ben&gt;");
  const adas = await (
    await fetch(`${url}/?to=${encodeURIComponent("ada@customer.example")}`)
  ).text();
  expect(adas).toContain("For &lt;ada&gt;");
  expect(adas).not.toContain("For &lt;ben&gt;");
});

test("the inbox's pages fit a phone and follow its dark mode", async () => {
  const url = await setUp();
  for (const path of ["/", "/mails/1"]) {
    const page = await (await fetch(`${url}${path}`)).text();
    expect(page).toContain('name="viewport" content="width=device-width');
    expect(page).toContain("prefers-color-scheme:dark");
  }
});
