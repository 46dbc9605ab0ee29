/**
 * Everything that a sender without a key can hold open at a gateway, in a process of its own: connections that say nothing,
 * ones that say it slowly, bodies that never end, and forged bodies as fast as they are taken. What the gateway closes is
 * opened again. Prints `ready` once all of it is open.
 *
 * Usage: node load.ts PORT HELD IDLE SLOW SENDERS
 */
import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const [port = 0, held = 0, idle = 0, slow = 0, senders = 0] = process.argv.slice(2).map(Number);
const BODY = Buffer.alloc(1_048_576, 0x20);
const AGAIN_MS = 200;

const opened = { held: 0, idle: 0, slow: 0 };

/** Headers as of a genuine delivery, with a signature that no key has made. */
function head(length: number): string {
  return [
    "POST /webhooks/dodo HTTP/1.1",
    "host: gateway",
    "content-type: application/json",
    `content-length: ${length}`,
    `webhook-id: msg_${randomUUID()}`,
    `webhook-timestamp: ${Math.floor(Date.now() / 1_000)}`,
    `webhook-signature: v1,${Buffer.alloc(32, 7).toString("base64")}`,
    "",
    "",
  ].join("\r\n");
}

/** Keeps one connection open for ever, by opening it again. */
function keep(kind: keyof typeof opened, talk: (socket: Socket) => void): void {
  const open = (isFirst: boolean): void => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      if (isFirst) opened[kind] += 1;
      talk(socket);
    });
    socket.on("error", () => undefined);
    socket.on("data", () => undefined);
    socket.on("close", () => setTimeout(open, AGAIN_MS, false));
  };
  open(true);
}

/** Sends forged bodies one after the other, each on a connection of its own. */
async function sendForged(): Promise<never> {
  for (;;) {
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(head(BODY.length));
        socket.write(BODY);
      });
      socket.once("data", () => socket.destroy());
      socket.on("error", () => undefined);
      socket.once("close", () => resolve());
    });
    await delay(1);
  }
}

for (let at = 0; at < held; at += 1)
  keep("held", (socket) => {
    socket.write(head(BODY.length));
    socket.write(BODY.subarray(0, BODY.length / 2));
  });
for (let at = 0; at < idle; at += 1) keep("idle", () => undefined);
for (let at = 0; at < slow; at += 1)
  keep("slow", (socket) => {
    socket.write(head(2_000));
    const drip = setInterval(() => socket.write("x"), 500);
    socket.once("close", () => clearInterval(drip));
  });
for (let at = 0; at < senders; at += 1) void sendForged();

while (opened.held < held || opened.idle < idle || opened.slow < slow) await delay(50);
process.stdout.write("ready\n");
