/** `npm run demo:repeat`: the demo, many times beside busy processes. */
import { repeatFromCommandLine } from "../process/repeat.ts";

await repeatFromCommandLine({
  name: "npm run demo:repeat",
  times: 20,
  results: "data/demo-runs.jsonl",
  args: [new URL("demo.js", import.meta.url).pathname, "--once"],
  // The last paragraph.
  verdictOf: (output) => output.trim().split("\n\n").at(-1) ?? "",
});
