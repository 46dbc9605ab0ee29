/** `npm run test:repeat`: `npm test`, many times beside busy processes. */
import { repeatFromCommandLine } from "./repeat.ts";

await repeatFromCommandLine({
  name: "npm run test:repeat",
  times: 5,
  results: "data/test-runs.jsonl",
  args: ["node_modules/vitest/vitest.mjs", "run"],
  verdictOf: (output) => {
    const lines = output.split("\n").map((line) => line.trim());
    const failed = new Set(lines.filter((line) => line.startsWith("FAIL ")));
    const counts = lines.filter((line) => /^(Test Files|Tests|Errors) /.test(line));
    return [...counts, ...failed].map((line) => line.replaceAll(/ +/g, " ")).join("; ");
  },
});
