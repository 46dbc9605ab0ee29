import type { FastifyInstance } from "fastify";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import Fastify from "fastify";
import { limitConnections } from "../../server/connections.ts";
import { createWatch } from "../../server/watch.ts";
import { buildTestGateway } from "../support/system/gateway.ts";
import { until } from "../support/until.ts";
import { signWebhook } from "../support/webhooks.ts";

const opened: Socket[] = [];
const apps: FastifyInstance[] = [];

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  for (const app of apps.splice(0)) await app.close();
});

async function listen(app: FastifyInstance): Promise<number> {
  apps.push(app);
  await app.listen({ host: "127.0.0.1", port: 0 });
  return (app.server.address() as AddressInfo).port;
}

/** A connection, and what came back on it so far. */
async function open(port: number): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(port, "127.0.0.1");
  opened.push(socket);
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString())).on("error", () => undefined);
  await once(socket, "connect");
  return { socket, received: () => text };
}

function headOf(headers: Readonly<Record<string, string>>, length: number): string {
  const lines = Object.entries({ ...headers, host: "gateway", "content-length": String(length) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `POST /webhooks/dodo HTTP/1.1\r\n${head}\r\n`;
}

describe("a webhook that its headers rule out", () => {
  const stale = signWebhook("{}", { at: new Date(Date.now() - 3_600_000) }).headers;
  test.each([
    ["without a signature", { "content-type": "application/json" }],
    ["from an hour ago", stale],
    [
      "with a signature that cannot be one",
      { ...signWebhook("{}").headers, "webhook-signature": "v1,?" },
    ],
  ])("%s is refused before any of its body has been sent", async (_, headers) => {
    const { socket, received } = await open(await listen(buildTestGateway(null, "nowhere")));
    socket.write(headOf(headers, 1_000_000));
    await until(() => received().startsWith("HTTP/1.1 401"), { what: "the answer" });
  });
});

describe("the connections of a gateway", () => {
  test("are capped: one more closes the one that has been silent for longest, and none that is being answered", async () => {
    const app = Fastify();
    limitConnections(app, 3);
    let answer = (): void => undefined;
    app.get("/slow", async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return "done";
    });
    app.get("/", () => "here");
    const port = await listen(app);
    const request = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: gateway\r\n\r\n`;
    const slow = await open(port);
    slow.socket.write(request("/slow"));
    await delay(50);
    const [first, second] = [await open(port), await open(port)];
    const last = await open(port);
    await until(() => first.socket.closed, { what: "the end of the silent one" });
    last.socket.write(request("/"));
    await until(() => last.received().includes("here"), { what: "an answer" });
    expect([slow, second, last].map(({ socket }) => socket.closed)).toEqual([false, false, false]);
    answer();
    await until(() => slow.received().includes("done"), { what: "the slow answer" });
  });

  test("are not closed by newcomers once they have had an answer", async () => {
    const app = Fastify();
    limitConnections(app, 3);
    app.get("/", () => "here");
    const port = await listen(app);
    const used = await open(port);
    const request = (): boolean => used.socket.write("GET / HTTP/1.1\r\nhost: gateway\r\n\r\n");
    request();
    await until(() => used.received().includes("here"), { what: "an answer" });
    const newcomers = await Promise.all(Array.from({ length: 20 }, async () => await open(port)));
    const closed = (): number => newcomers.filter(({ socket }) => socket.closed).length;
    await until(() => closed() === 17, { what: "the end of all newcomers but three" });
    request();
    await until(() => used.received().split("here").length === 3, { what: "another answer" });
  });

  test("are closed by a shutdown as soon as what they wait for is answered", async () => {
    const app = Fastify({ keepAliveTimeout: 60_000 });
    limitConnections(app, 3);
    let answer = (): void => undefined;
    app.get("/slow", async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return "done";
    });
    const { socket, received } = await open(await listen(app));
    socket.write("GET /slow HTTP/1.1\r\nhost: gateway\r\n\r\n");
    await delay(100);
    const closing = app.close();
    await delay(100);
    answer();
    const startedAt = performance.now();
    await closing;
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await until(() => received().includes("done"), { what: "the answer" });
  });

  test("that have sent nothing do not hold up a shutdown", async () => {
    const app = buildTestGateway(null, "nowhere");
    const port = await listen(app);
    await Promise.all([open(port), open(port)]);
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe("/readyz", () => {
  test("asks Temporal no more often than its watch does, however many ask", async () => {
    let checks = 0;
    const watch = createWatch(async () => {
      checks += 1;
      await delay(20);
      return checks;
    });
    const answers = await Promise.all(Array.from({ length: 500 }, () => watch.latest()));
    expect(new Set(answers)).toEqual(new Set([1]));
    expect(checks).toBe(1);
    await until(async () => (await watch.latest()) === 2, { what: "the next check" });
    watch.stop();
  });

  test("keeps its last answer while the next check takes long", async () => {
    const results: ((value: string) => void)[] = [];
    const watch = createWatch(
      async () => await new Promise<string>((resolve) => results.push(resolve)),
    );
    const first = watch.latest();
    results[0]?.("ready");
    expect(await first).toBe("ready");
    await until(() => results.length === 2, { what: "the second check" });
    expect(await watch.latest()).toBe("ready");
    results[1]?.("down");
    await until(async () => (await watch.latest()) === "down", { what: "its result" });
    watch.stop();
  });
});
