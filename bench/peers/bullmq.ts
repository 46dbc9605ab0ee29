/** Peer: BullMQ, with one delayed job an attempt. */
import { Queue, Worker } from "bullmq";
import Fastify from "fastify";
import { Redis } from "ioredis";
import { announce, settingOf } from "../floors/announce.ts";
import { createAttempt, type Job } from "./attempt.ts";

const connection = new Redis(settingOf("STORE_URL"), { maxRetriesPerRequest: null });
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
app.get("/bytes", async () => {
  const memory = await connection.info("memory");
  return Number(/used_memory:(\d+)/.exec(memory)?.[1]);
});
announce(await app.listen({ host: "127.0.0.1", port: 0 }));
process.once("SIGTERM", () => process.exit());
