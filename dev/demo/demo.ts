import { parseArgs } from "node:util";
import { readEnv } from "../../config/env.ts";
import { createCleanup, onInterrupt } from "../process/cleanup.ts";
import { demoPorts, runDemo, startDemo } from "./demo-interactive.ts";
import { runDemoOnce } from "./demo-once.ts";

const USAGE = `npm run demo -- [--once] [--free-ports]
  --once         real timers, one second for each day; ends with a verdict
  --free-ports   any free ports instead of the usual ones`;

const { values } = parseArgs({
  options: {
    once: { type: "boolean", default: false },
    "free-ports": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const cleanup = createCleanup();
if (values.help) console.log(USAGE);
else if (values.once) process.exitCode = await once();
else await untilInterrupted();

async function once(): Promise<number> {
  void onInterrupt(cleanup, "Stopping …").then(() => process.exit(130));
  return await runDemoOnce(readEnv(), cleanup);
}

/** Runs the demo and keeps everything up until Ctrl-C. */
async function untilInterrupted(): Promise<void> {
  const interrupted = onInterrupt(
    cleanup,
    "Stopping worker, gateway, sandbox, inbox and Temporal …",
  ).then(() => {
    console.log("Everything has stopped.");
    process.exit(0);
  });
  try {
    const ports = await demoPorts(values["free-ports"]);
    const options = { env: readEnv(), cleanup, ports, print: console.log };
    await runDemo(await startDemo(options), options);
    await interrupted;
  } catch (error) {
    // Stopping while something starts makes the start fail: that is no error of the demo.
    if (cleanup.isRunning()) await interrupted;
    console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    await cleanup.run();
    process.exit(1);
  }
}
