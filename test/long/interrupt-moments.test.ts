import { expect, test } from "vitest";
import { interruptDemo } from "../support/faults/interrupts.ts";

test.each([
  [400, "start", "SIGINT"],
  [2_000, "first_line", "SIGINT"],
  [8_000, "first_line", "SIGINT"],
  [5_000, "first_line", "SIGKILL"],
] as const)(
  "the demo leaves nothing running if it is stopped %i ms after its %s by %s",
  async (afterMs, since, signal) => {
    const { left, ended, output } = await interruptDemo(afterMs, signal, since);
    expect(left, output).toEqual([]);
    // Before its first line the demo has no signal handler, so the signal kills it.
    if (signal === "SIGINT" && since === "first_line")
      expect(ended, output).toContain("exit code 0");
  },
  90_000,
);
