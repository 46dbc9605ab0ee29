/** Peer: pg-boss, with one delayed job an attempt. */
import Fastify from "fastify";
import PgBoss from "pg-boss";
import { announce, settingOf } from "../floors/announce.ts";
import { createAttempt, type Job } from "./attempt.ts";

const boss = new PgBoss({ connectionString: settingOf("STORE_URL") });
boss.on("error", (error) => console.error(error));
await boss.start();
await boss.createQueue("attempts");
const attempt = createAttempt();
await boss.work<Job>("attempts", { batchSize: 50, pollingIntervalSeconds: 0.5 }, async (jobs) => {
  await Promise.all(jobs.map(async ({ data }) => await attempt(data)));
});

const app = Fastify();
app.post("/arm", async ({ body }) => {
  const { jobs, dueAt } = body as { readonly jobs: readonly Job[]; readonly dueAt: number };
  const startAfter = new Date(dueAt);
  await boss.insert(jobs.map((data) => ({ name: "attempts", data, startAfter })));
  return {};
});
/** What the store keeps, in bytes. */
app.get("/bytes", async () => {
  const { rows } = (await boss
    .getDb()
    .executeSql("SELECT pg_database_size(current_database())::bigint AS bytes", [])) as {
    readonly rows: readonly { readonly bytes: string }[];
  };
  return Number(rows[0]?.bytes);
});
announce(await app.listen({ host: "127.0.0.1", port: 0 }));
process.once("SIGTERM", () => process.exit());
