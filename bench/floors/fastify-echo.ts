/** Floor of the gateway: Fastify with its own JSON parser, which answers every webhook with 200 and checks nothing. */
import Fastify from "fastify";
import { announce } from "./announce.ts";

const app = Fastify();
app.post("/webhooks/dodo", async () => await Promise.resolve({ received: true }));
announce(await app.listen({ host: "127.0.0.1", port: 0 }));
