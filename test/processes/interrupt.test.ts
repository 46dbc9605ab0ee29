import { expect, test } from "vitest";
import { interruptDemo } from "../support/interrupts.ts";

test.each([
  [400, "SIGINT"],
  [3_000, "SIGINT"],
  [9_000, "SIGINT"],
  [6_000, "SIGKILL"],
] as const)(
  "the demo ended after %i ms by %s leaves nothing running",
  async (afterMs, signal) => {
    const { left, ended, output } = await interruptDemo(afterMs, signal);
    expect(left, output).toEqual([]);
    if (signal === "SIGINT" && afterMs > 1_000) expect(ended, output).toContain("exit code 0");
  },
  60_000,
);
