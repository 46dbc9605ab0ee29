/** A process that starts a dev server and idles until it is killed. Arguments: path and version of the CLI, log file. */
import { startTemporal } from "../../dev/temporal/server.ts";

const [path = "", version = "", logFile = ""] = process.argv.slice(2);
const cli = { path, version, source: "TEMPORAL_CLI" } as const;
const server = await startTemporal({ cli, timeSkipping: true, logFile });
console.log(JSON.stringify({ pid: server.pid, address: server.address }));
