import { parseArgs } from "node:util";
import { readEnv } from "../../config/env.ts";
import { createCleanup, onInterrupt } from "../process/cleanup.ts";
import { demoOnce } from "./demo-once.ts";
import { demoPorts, openDemo, playDemo } from "./demo-interactive.ts";
import { GUESTS } from "./scenarios.ts";

const USAGE = `npm run demo -- [--once] [--free-ports]
  --once         real timers, days as seconds; ends by itself with a verdict
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
else await stay();

async function once(): Promise<number> {
  void onInterrupt(cleanup, "ending …").then(() => process.exit(130));
  return await demoOnce(readEnv(), cleanup);
}

/** Until Ctrl-C; also where something could not be started, everything that was is ended. */
async function stay(): Promise<void> {
  const interrupted = onInterrupt(
    cleanup,
    "ending: worker, gateway, sandbox, inbox, Temporal …",
  ).then(() => {
    console.log("all ended");
    process.exit(0);
  });
  try {
    const demo = await openDemo(readEnv(), cleanup, await demoPorts(values["free-ports"]));
    await playDemo(demo, cleanup);
    if (cleanup.isRunning()) return await interrupted;
    console.log(
      `Everything stays up. ${GUESTS.join(", ")} have paid so far: fail their charges in the console, skip time there, read the mails.\nCtrl-C ends it.`,
    );
    await interrupted;
  } catch (error) {
    // What is ended while it starts fails: no news to the one who ended it.
    if (cleanup.isRunning()) await interrupted;
    console.error(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    await cleanup.run();
    process.exit(1);
  }
}
