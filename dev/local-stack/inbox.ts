import { type ParsedMail, simpleParser } from "mailparser";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";
import { createInboxPage } from "./inbox-page.ts";
import type { ReceivedMail } from "./received-mail.ts";

/** What the server does with one message. */
export type InboxFault =
  /** Accepts the message: a placeholder before faults for later messages. */
  | { readonly kind: "take" }
  /** Rejects the message at its end with this SMTP status. */
  | ({ readonly kind: "answer" } & StepRefusal)
  /** Closes the connection in the middle of the message. */
  | { readonly kind: "drop" }
  /** Accepts the message and closes the connection without an answer. */
  | { readonly kind: "take_and_drop" }
  /** Accepts the message and never answers. */
  | { readonly kind: "take_and_hang" }
  /** Discards the message and never answers. */
  | { readonly kind: "hang" }
  /** Accepts the message and answers late. */
  | { readonly kind: "slow"; readonly afterMs: number };

/** A step before the message. `sign_in` concerns clients that have a user in their URL. */
export type SmtpStep = "greeting" | "sign_in" | "sender" | "recipient" | "data";

/** Refuses a step with this SMTP status, enhanced code, and words: servers often repeat the address. */
export type StepRefusal = {
  readonly status: number;
  readonly code?: string;
  readonly text?: string;
};

export type Inbox = {
  /** Each step is refused as long as it has a refusal here. */
  readonly refusals: Partial<Record<SmtpStep, StepRefusal>>;
  /** The steps that were refused by `refusals`, in order. */
  readonly refused: readonly SmtpStep[];
  /** The recipients that clients named, in order, refused ones included. */
  readonly asked: readonly string[];
  readonly smtpUrl: string;
  /** A page that lists the emails; `/mails` has them as JSON. */
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
  /** For the next messages, in order; the server accepts the ones after them. */
  readonly faults: InboxFault[];
  readonly close: () => Promise<void>;
};

/** A mail server for the demo and for tests: it accepts email over SMTP, keeps it, and shows it on a web page. */
export async function startInbox(
  options: {
    readonly smtpPort?: number;
    readonly port?: number;
    /** The fault for a message to these recipients, once `faults` is empty. */
    readonly faultFor?: (recipients: readonly string[]) => InboxFault | undefined;
  } = {},
): Promise<Inbox> {
  const mails: ReceivedMail[] = [];
  const faults: InboxFault[] = [];
  const refusals: Inbox["refusals"] = {};
  const asked: string[] = [];
  const refusedSteps: SmtpStep[] = [];
  const smtp = createSmtpServer(
    mails,
    (recipients) => faults.shift() ?? options.faultFor?.(recipients),
    refusingSteps(refusals, asked, refusedSteps),
  );
  const smtpPort = await listen(smtp, options.smtpPort ?? 0);
  const page = createInboxPage(mails);
  await page.listen({ host: "127.0.0.1", port: options.port ?? 0 });
  const { port } = page.server.address() as AddressInfo;
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    url: `http://127.0.0.1:${port}`,
    mails,
    faults,
    refusals,
    refused: refusedSteps,
    asked,
    close: async () => {
      await new Promise<void>((resolve) => smtp.close(resolve));
      await page.close();
    },
  };
}

function createSmtpServer(
  mails: ReceivedMail[],
  faultOf: (recipients: readonly string[]) => InboxFault | undefined,
  { refuseData, ...steps }: RefusingSteps,
): SMTPServer {
  /** @returns the answer: undefined accepts the email, an error rejects it, `none` sends no answer */
  const receive = async (
    stream: Readable,
    fault: InboxFault | undefined,
    session: SMTPServerSession,
  ): Promise<Error | undefined | "none"> => {
    const mail = await simpleParser(stream);
    if (fault?.kind === "answer") {
      return refused(fault);
    }
    if (fault?.kind === "hang") return "none";
    mails.push(toReceivedMail(mail, mails.length + 1, recipientsOf(session)));
    if (fault?.kind === "take_and_hang") return "none";
    if (fault?.kind === "slow") await delay(fault.afterMs);
    if (fault?.kind !== "take_and_drop") return undefined;
    endConnection(server, session.id);
    return "none";
  };
  const server = new SMTPServer({
    ...steps,
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    // The faults name the codes.
    hideENHANCEDSTATUSCODES: true,
    closeTimeout: 500,
    onMailFrom: (address, session, done) => {
      refuseData(connectionOf(server, session.id));
      steps.onMailFrom(address, session, done);
    },
    onData: (stream, session, done) => {
      const fault = faultOf(recipientsOf(session));
      if (fault?.kind === "drop") {
        stream.once("data", () => endConnection(server, session.id));
        stream.resume();
        return;
      }
      void (async () => {
        const answer = await receive(stream, fault, session);
        if (answer !== "none") done(answer);
      })();
    },
  });
  // Tests close client connections on purpose.
  server.on("error", () => undefined);
  return server;
}

type RefusingSteps = Required<
  Pick<SMTPServerOptions, "onConnect" | "onAuth" | "onMailFrom" | "onRcptTo">
> & { readonly refuseData: (connection: Connection | undefined) => void };

/** A connection of `smtp-server`, which has no hook for the command DATA. */
type Connection = {
  readonly id?: string;
  readonly _socket?: { readonly destroy: () => void };
  readonly send: (status: number, text: string) => void;
  handler_DATA: (command: unknown, done: () => void) => void;
};

function refusingSteps(
  refusals: Inbox["refusals"],
  asked: string[],
  refusedSteps: SmtpStep[],
): RefusingSteps {
  const refusalOf = (step: SmtpStep): Error | undefined => {
    const refusal = refusals[step];
    if (refusal === undefined) return undefined;
    refusedSteps.push(step);
    return refused(refusal);
  };
  return {
    onConnect: (_session, done) => done(refusalOf("greeting")),
    onAuth: ({ username = "" }, _session, done) => {
      const refusal = refusalOf("sign_in");
      if (refusal === undefined) done(null, { user: username });
      else done(refusal);
    },
    onMailFrom: (_address, _session, done) => done(refusalOf("sender")),
    onRcptTo: ({ address }, _session, done) => {
      asked.push(address);
      done(refusalOf("recipient"));
    },
    refuseData: (connection) => {
      if (connection === undefined || Object.hasOwn(connection, "handler_DATA")) return;
      const accept = connection.handler_DATA.bind(connection);
      connection.handler_DATA = (command, done) => {
        const refusal = refusals.data;
        if (refusal === undefined) return accept(command, done);
        refusedSteps.push("data");
        connection.send(refusal.status, refused(refusal).message);
        done();
      };
    },
  };
}

function refused({ status, code, text = "rejected" }: StepRefusal): Error {
  const answer = code === undefined ? text : `${code} ${text}`;
  return Object.assign(new Error(answer), { responseCode: status });
}

function connectionOf(server: SMTPServer, sessionId: string): Connection | undefined {
  const connections = [...server.connections] as unknown as readonly Connection[];
  return connections.find(({ id }) => id === sessionId);
}

function recipientsOf({ envelope }: SMTPServerSession): readonly string[] {
  return envelope.rcptTo.map(({ address }) => address);
}

function toReceivedMail(mail: ParsedMail, id: number, recipients: readonly string[]): ReceivedMail {
  return {
    id,
    at: new Date().toISOString(),
    recipients,
    headers: Object.fromEntries(
      mail.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(":") + 1).trim()]),
    ),
    attachments: mail.attachments.map(({ cid = "", contentType }) => ({ cid, contentType })),
    to: [mail.to ?? []]
      .flat()
      .map(({ text }) => text)
      .join(", "),
    from: mail.from?.text ?? "",
    subject: mail.subject ?? "",
    messageId: mail.messageId ?? "",
    text: mail.text ?? "",
    html: typeof mail.html === "string" ? mail.html : "",
  };
}

function endConnection(server: SMTPServer, sessionId: string): void {
  connectionOf(server, sessionId)?._socket?.destroy();
}

async function listen(server: SMTPServer, port: number): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.server.address() as AddressInfo).port));
  });
}
