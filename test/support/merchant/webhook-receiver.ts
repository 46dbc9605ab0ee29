import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { Webhook } from "standardwebhooks";
import { freePort } from "../../../dev/process/ports.ts";

/** How the receiver answers a webhook. */
export type ReceiverAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly kind: "hang" }
  /** Reads the webhook and closes the connection without an answer. */
  | { readonly kind: "take_and_drop" }
  /** Answers 200 with a body that never ends. */
  | { readonly kind: "endless" };

export type ReceivedWebhook = {
  readonly id: string;
  readonly path: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Receiver = {
  readonly url: string;
  readonly key: string;
  /** Every webhook with a valid signature, whatever was answered. */
  readonly received: readonly ReceivedWebhook[];
  /** Errors of the webhooks without a valid signature. */
  readonly refused: readonly string[];
  /** Answers for the next webhooks in order; after them, `others`. */
  readonly answers: { next: ReceiverAnswer[]; others: ReceiverAnswer };
  /** Accepts every webhook from now on. */
  readonly acceptAll: () => void;
  /** Closes the port until `up`. */
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export const RECEIVER_KEY = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
const ACCEPTED: ReceiverAnswer = { kind: "answer", status: 204 };

/** A merchant's server as docs/WEBHOOKS.md describes it: it verifies webhooks with the library. */
export async function startReceiver(key = RECEIVER_KEY): Promise<Receiver> {
  const received: ReceivedWebhook[] = [];
  const refused: string[] = [];
  const answers = { next: [] as ReceiverAnswer[], others: ACCEPTED };
  const verifier = new Webhook(key);
  const receive = (path: string, body: string, headers: Record<string, string>): ReceiverAnswer => {
    try {
      const parsed = verifier.verify(body, headers) as ReceivedWebhook;
      const id = headers["webhook-id"] ?? "";
      received.push({ ...parsed, id, path, headers, body });
    } catch (error) {
      refused.push(String(error));
      return { kind: "answer", status: 401 };
    }
    return answers.next.shift() ?? answers.others;
  };
  const start = async (port: number): Promise<Server> => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString("utf8");
        respond(
          receive(request.url ?? "", body, request.headers as Record<string, string>),
          response,
        );
      });
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  // Not a port that an outgoing connection could take while this one is down.
  const port = await freePort("127.0.0.1");
  let server: Server | null = await start(port);
  const down = async (): Promise<void> => {
    const ending = server;
    server = null;
    if (ending === null) return;
    ending.closeAllConnections();
    await new Promise((resolve) => ending.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${port}/reprise`,
    key,
    received,
    refused,
    answers,
    acceptAll: () => {
      answers.next = [];
      answers.others = ACCEPTED;
    },
    down,
    up: async () => {
      server = await start(port);
    },
    close: down,
  };
}

function respond(answer: ReceiverAnswer, response: ServerResponse): void {
  switch (answer.kind) {
    case "answer":
      response.writeHead(answer.status, answer.headers).end("thank you");
      return;
    case "hang":
      return;
    case "take_and_drop":
      response.destroy();
      return;
    case "endless": {
      response.writeHead(200);
      const more = (): void =>
        void (response.destroyed || response.write("x".repeat(65_536), more));
      more();
    }
  }
}
