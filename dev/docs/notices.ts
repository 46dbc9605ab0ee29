/** `npm run notices -- preview`: shows every email and page as customers see it, with the merchant's brand. */
import Fastify from "fastify";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { readBrandConfig } from "../../config/brand.ts";
import { readEnv, readEnvOver } from "../../config/env.ts";
import { orExitWithProblems } from "../../config/reader.ts";
import { exitWithUsage, readOptions } from "../process/options.ts";
import { readPreview, writePreview } from "./notice-preview.ts";
import { captureNotices } from "./notice-screens.ts";

const USAGE = `npm run notices -- preview [folder] [--port 4000] [--once]   writes every email in every language, and serves them
npm run notices -- screens [folder]                          takes screenshots of them with Chromium

BRAND_DIR, from the environment or .env, sets the brand.`;

const { positionals, values } = readOptions(
  USAGE,
  { port: { type: "string", default: "4000" }, once: { type: "boolean", default: false } },
  2,
);
const [command, folder = "data/notices"] = positionals;
const env = readEnvOver(".env") ?? readEnv();
const brand = orExitWithProblems(() => readBrandConfig(env));
if (command === "preview") {
  writePreview(folder, brand);
  console.log(`Written to ${resolve(folder, "index.html")}.`);
  if (!values.once) await serve(folder, Number(values.port));
} else if (command === "screens") {
  for await (const file of captureNotices(join(folder, "screens"), brand)) console.log(file);
} else {
  exitWithUsage(USAGE, "Say `preview` or `screens`.");
}

/** Serves the folder on this machine until Ctrl-C. */
async function serve(root: string, port: number): Promise<void> {
  const app = Fastify({ forceCloseConnections: true });
  app.get<{ Params: { "*": string } }>("/*", async ({ params }, reply) => {
    const file = readPreview(root, params["*"]);
    if (file === null) return await reply.code(404).send("There is no such email.");
    return await reply.type(file.contentType).send(file.content);
  });
  await app.listen({ host: "127.0.0.1", port });
  const { port: actualPort } = app.server.address() as AddressInfo;
  console.log(`Open http://127.0.0.1:${actualPort}/ in a browser. Ctrl-C stops the server.`);
}
