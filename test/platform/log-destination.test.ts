import { describe, expect, test } from "vitest";
import { createLogDestination } from "../../platform/log-destination.ts";
import { until } from "../support/until.ts";

/** A descriptor that takes at most `room` more bytes, and then fails with the code. */
function descriptor(code: string) {
  const state = { room: Number.POSITIVE_INFINITY, text: "" };
  const write = (bytes: Uint8Array): number => {
    if (state.room === 0) throw Object.assign(new Error(code), { code });
    const taken = Math.min(bytes.length, state.room);
    state.text += Buffer.from(bytes.subarray(0, taken)).toString();
    state.room -= taken;
    return taken;
  };
  const destination = createLogDestination(write, (lines) => `${lines} dropped\n`);
  return { state, destination };
}

describe("a log whose disk is full", () => {
  test("drops lines without an error, and reports how many once lines can be written again", () => {
    const { state, destination } = descriptor("ENOSPC");
    destination.write("one\n");
    state.room = 0;
    for (const line of ["two\n", "three\n"]) destination.write(line);
    state.room = Number.POSITIVE_INFINITY;
    destination.write("four\n");
    destination.write("five\n");
    expect(state.text).toBe("one\n2 dropped\nfour\nfive\n");
  });

  test("starts a new line after one that was written in part", () => {
    const { state, destination } = descriptor("ENOSPC");
    state.room = 3;
    destination.write("first line\n");
    // Fails as a whole: what stands before the next line is still the part.
    destination.write("second line\n");
    state.room = Number.POSITIVE_INFINITY;
    destination.write("third line\n");
    expect(state.text).toBe("fir\n2 dropped\nthird line\n");
  });

  test("counts on where the report itself cannot be written", () => {
    const { state, destination } = descriptor("EIO");
    state.room = 0;
    destination.write("one\n");
    destination.write("two\n");
    state.room = Number.POSITIVE_INFINITY;
    destination.write("three\n");
    expect(state.text).toBe("2 dropped\nthree\n");
  });
});

describe("a log whose reader is slow", () => {
  test("keeps the lines in order, and writes them when the reader goes on", async () => {
    const { state, destination } = descriptor("EAGAIN");
    state.room = 2;
    destination.write("one\n");
    destination.write("two\n");
    expect(state.text).toBe("on");
    state.room = Number.POSITIVE_INFINITY;
    await until(() => state.text === "one\ntwo\n", { what: "both lines" });
  });

  test("keeps a mebibyte of them, drops the others, and says so", () => {
    const { state, destination } = descriptor("EAGAIN");
    state.room = 0;
    const line = `${"x".repeat(1_023)}\n`;
    for (let at = 0; at < 1_100; at += 1) destination.write(line);
    state.room = Number.POSITIVE_INFINITY;
    destination.end(0);
    destination.write("last\n");
    expect(state.text.length).toBe(1_048_576 + "76 dropped\nlast\n".length);
    expect(state.text.endsWith("x\n76 dropped\nlast\n")).toBe(true);
  });

  test("lets an ending process go after the time that it was given", () => {
    const { state, destination } = descriptor("EAGAIN");
    state.room = 0;
    destination.write("one\n");
    const startedAt = performance.now();
    destination.end(50);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(state.text).toBe("");
  });
});
