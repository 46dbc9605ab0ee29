import { parseArgs } from "node:util";
import { startSandbox } from "./sandbox.ts";
import type { SettingsPatch } from "./settings.ts";

const USAGE =
  "tsx sandbox/main.ts [--port 4010] [--host 127.0.0.1] [--public-url URL] [--webhook-url URL] " +
  "[--webhook-key whsec_...] [--api-key KEY] [--webhook-retry-scale 0.001] [--settle-ms 20]\n";

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    host: { type: "string" },
    "public-url": { type: "string" },
    "webhook-url": { type: "string" },
    "webhook-key": { type: "string" },
    "api-key": { type: "string" },
    "webhook-retry-scale": { type: "string" },
    "settle-ms": { type: "string" },
    help: { type: "boolean" },
  },
});

async function main(): Promise<void> {
  const settings: SettingsPatch = {
    webhookUrl: values["webhook-url"],
    webhookKey: values["webhook-key"],
    apiKey: values["api-key"],
    webhookRetryScale: numberOf(values["webhook-retry-scale"]),
    settleMs: numberOf(values["settle-ms"]),
  };
  const sandbox = await startSandbox({
    port: numberOf(values.port) ?? 4010,
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values["public-url"] === undefined ? {} : { publicUrl: values["public-url"] }),
    settings,
  });
  process.stdout.write(`${sandbox.url}\n`);
  const stop = (): void => {
    void sandbox.close();
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

if (values.help === true) process.stdout.write(USAGE);
else await main();
