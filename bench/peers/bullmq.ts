/** Peer: BullMQ, with one delayed job an attempt. */
import { Queue, Worker } from "bullmq";
import Fastify from "fastify";
import { connect } from "node:net";
import { announce, settingOf } from "../floors/announce.ts";
import { createAttempt, type Job } from "./attempt.ts";

const connection = { url: settingOf("STORE_URL"), maxRetriesPerRequest: null };
const queue = new Queue<Job>("attempts", { connection });
const attempt = createAttempt();
const worker = new Worker<Job>("attempts", async ({ data }) => await attempt(data), {
  connection,
  concurrency: 50,
});
await worker.waitUntilReady();

const app = Fastify();
app.post("/arm", async ({ body }) => {
  const { jobs, dueAt } = body as { readonly jobs: readonly Job[]; readonly dueAt: number };
  const delay = dueAt - Date.now();
  const options = { delay, removeOnComplete: true };
  await queue.addBulk(jobs.map((data) => ({ name: "attempt", data, opts: options })));
  return {};
});
/** What the store keeps, in bytes. */
app.get("/bytes", async () => await usedMemory(new URL(connection.url)));
announce(await app.listen({ host: "127.0.0.1", port: 0 }));
process.once("SIGTERM", () => process.exit());

/** By Redis's own protocol, in which a command may be one line. */
async function usedMemory({ hostname, port }: URL): Promise<number> {
  const socket = connect({ host: hostname, port: Number(port) });
  try {
    socket.write("INFO memory\r\n");
    let received = "";
    for await (const chunk of socket) {
      received += String(chunk);
      const bytes = /used_memory:(\d+)\r/.exec(received)?.[1];
      if (bytes !== undefined) return Number(bytes);
    }
    throw new Error("Redis did not answer");
  } finally {
    socket.destroy();
  }
}
