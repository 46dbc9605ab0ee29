import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { createLogDestination } from "../../platform/log-destination.ts";
import { builtFile } from "../support/build.ts";
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

/** The lines of a turn of the event loop are written after it. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a log", () => {
  test("writes the lines of one turn together", async () => {
    const writes: string[] = [];
    const write = (bytes: Uint8Array): number => {
      writes.push(Buffer.from(bytes).toString());
      return bytes.length;
    };
    const destination = createLogDestination(write, String);
    for (const line of ["one\n", "zw\u00f6lf\n"]) destination.write(line);
    expect(writes).toEqual([]);
    await turn();
    expect(writes).toEqual(["one\nzw\u00f6lf\n"]);
  });

  test("writes at once after a fatal line, at the end of the process, and when many bytes wait", () => {
    const { state, destination } = descriptor("EIO");
    destination.write("one\n");
    destination.flushSync();
    expect(state.text).toBe("one\n");
    destination.write("two\n");
    destination.end(0);
    expect(state.text).toBe("one\ntwo\n");
    destination.write(`${"x".repeat(100_000)}\n`);
    expect(state.text.length).toBe("one\ntwo\n".length + 100_001);
  });

  test("of a process that ends in the middle of a turn has every line", () => {
    const script = `
      import { createLog } from ${JSON.stringify(builtFile("platform/log.js"))};
      const log = createLog("info", "worker");
      for (let at = 0; at < 1_000; at += 1) log.info({ at });
      process.exit(3);`;
    const args = ["--input-type=module", "--eval", script];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status).toBe(3);
    expect(stdout.trimEnd().split("\n").length).toBe(1_000);
    expect(stdout.endsWith("}\n")).toBe(true);
  });

  test("of a process that an error ends has every line", () => {
    const script = `
      import { createLog } from ${JSON.stringify(builtFile("platform/log.js"))};
      createLog("info", "worker").info("the last line");
      throw new Error("planted");`;
    const args = ["--input-type=module", "--eval", script];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status).toBe(1);
    expect(stdout).toContain("the last line");
  });
});

describe("a log whose disk is full", () => {
  test("drops lines without an error, and reports how many once lines can be written again", async () => {
    const { state, destination } = descriptor("ENOSPC");
    destination.write("one\n");
    await turn();
    state.room = 0;
    for (const line of ["two\n", "three\n"]) {
      destination.write(line);
      await turn();
    }
    state.room = Number.POSITIVE_INFINITY;
    for (const line of ["four\n", "five\n"]) destination.write(line);
    await turn();
    expect(state.text).toBe("one\n2 dropped\nfour\nfive\n");
  });

  test("counts each line of a turn that is dropped, and none that was written", async () => {
    const { state, destination } = descriptor("ENOSPC");
    state.room = "one\ntwo\n".length;
    for (const line of ["one\n", "two\n", "three\n", "four\n"]) destination.write(line);
    await turn();
    destination.write("five\n");
    await turn();
    state.room = Number.POSITIVE_INFINITY;
    destination.write("six\n");
    await turn();
    expect(state.text).toBe("one\ntwo\n3 dropped\nsix\n");
  });

  test("starts a new line after one that was written in part", async () => {
    const { state, destination } = descriptor("ENOSPC");
    state.room = 3;
    destination.write("first line\n");
    await turn();
    // Fails as a whole: what stands before the next line is still the part.
    destination.write("second line\n");
    await turn();
    state.room = Number.POSITIVE_INFINITY;
    destination.write("third line\n");
    await turn();
    expect(state.text).toBe("fir\n2 dropped\nthird line\n");
  });

  test("counts on where the report itself cannot be written", async () => {
    const { state, destination } = descriptor("EIO");
    state.room = 0;
    for (const line of ["one\n", "two\n"]) {
      destination.write(line);
      await turn();
    }
    state.room = 4;
    destination.write("three\n");
    await turn();
    state.room = Number.POSITIVE_INFINITY;
    destination.write("four\n");
    await turn();
    expect(state.text).toBe("2 dr\n3 dropped\nfour\n");
  });
});

describe("a log whose reader is slow", () => {
  test("keeps the lines in order, and writes them when the reader goes on", async () => {
    const { state, destination } = descriptor("EAGAIN");
    state.room = 2;
    destination.write("one\n");
    await turn();
    destination.write("two\n");
    await turn();
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
    destination.flushSync();
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
