/** Floor of the gateway: Fastify with the verification that Dodo's documents show, and nothing after it. */
import Fastify from "fastify";
import { Webhook } from "standardwebhooks";
import { announce, settingOf } from "./announce.ts";

const webhook = new Webhook(settingOf("WEBHOOK_KEY"));
const app = Fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
  done(null, body),
);
app.post("/webhooks/dodo", async (request, reply) => {
  try {
    webhook.verify(request.body as Buffer, request.headers as Record<string, string>);
  } catch {
    return await reply.code(401).send({ error: "not verified" });
  }
  return { received: true };
});
announce(await app.listen({ host: "127.0.0.1", port: 0 }));
