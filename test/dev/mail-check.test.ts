import { SMTPServer } from "smtp-server";
import { expect, onTestFinished, test } from "vitest";
import { startInbox } from "../../dev/local-stack/inbox.ts";
import { freePort } from "../../dev/process/ports.ts";
import { checkMailServer } from "../../dev/start/mail-check.ts";

test("a mail server that accepts a connection is no problem", async () => {
  const inbox = await startInbox();
  onTestFinished(() => inbox.close());
  expect(await checkMailServer(inbox.smtpUrl)).toBeNull();
  expect(inbox.mails).toEqual([]);
});

test("a closed port is named with its error", async () => {
  const port = await freePort("127.0.0.1");
  expect(await checkMailServer(`smtp://127.0.0.1:${port}`)).toContain(
    `The mail server 127.0.0.1:${port} did not accept a connection (ECONNREFUSED)`,
  );
});

test("a refused password is named with the server's status, and not printed", async () => {
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(new Error("no such user the-password")),
  });
  const port = await freePort("127.0.0.1");
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)));
  const problem = await checkMailServer(`smtp://shop:the-password@127.0.0.1:${port}`);
  expect(problem).toContain("(EAUTH, SMTP 535)");
  expect(problem).not.toContain("the-password");
});
