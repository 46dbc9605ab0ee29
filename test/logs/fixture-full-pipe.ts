import { createLog } from "../../platform/log.ts";

// Logs more than a pipe and the log's queue hold; once its reader has begun, another line.

const log = createLog("info", "gateway");
for (let count = 0; count < 5_000; count += 1) {
  log.warn({ event: "namespace_check_failed", detail: "x".repeat(500) });
}
process.stderr.write("written\n");
process.stdin.once("data", () => {
  setInterval(() => log.info({ event: "namespace_fit", namespace: "default" }), 50);
});
