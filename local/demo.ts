import { readEnv } from "../config/env.ts";
import { demoOnce } from "./demo-once.ts";

const USAGE = "npm run demo -- --once";

if (process.argv.includes("--once")) {
  process.exitCode = await demoOnce(readEnv());
} else {
  console.error(`Not built yet: a demo that stays. Run it once instead: ${USAGE}`);
  process.exitCode = 64;
}
