import { expect, test } from "vitest";
import { type Sample, trendsOf } from "../../dev/soak/sample.ts";

const sample = (minute: number, given: Partial<Sample> = {}): Sample => ({
  at: minute * 60_000,
  name: "worker",
  pid: 1,
  rssBytes: 300e6,
  heapBytes: 100e6,
  externalBytes: 1e6,
  files: 40,
  resources: { TCPSocketWrap: 3 },
  listeners: 8,
  ...given,
});

const grownIn = (given: (minute: number) => Partial<Sample>): readonly string[] => {
  const samples = Array.from({ length: 90 }, (_, minute) => sample(minute, given(minute)));
  return trendsOf(samples, 20 * 60_000).flatMap(({ measure, isSteady }) =>
    isSteady ? [] : [measure],
  );
};

test("a process that holds what it held after the warm-up is steady", () => {
  expect(grownIn(() => ({}))).toEqual([]);
});

test("what grows before the process is warm does not count", () => {
  expect(grownIn((minute) => ({ rssBytes: Math.min(minute, 20) * 15e6 }))).toEqual([]);
});

test("memory may grow by a tenth, and no more", () => {
  expect(grownIn((minute) => ({ rssBytes: 300e6 + minute * 0.4e6 }))).toEqual([]);
  expect(grownIn((minute) => ({ rssBytes: 300e6 + minute * 0.6e6 }))).toEqual(["memory (RSS), MB"]);
});

test("files, sockets and listeners that are never released are found", () => {
  expect(grownIn((minute) => ({ files: 40 + minute }))).toEqual(["open files"]);
  expect(grownIn((minute) => ({ listeners: 8 + Math.floor(minute / 30) }))).toEqual(["listeners"]);
  expect(grownIn((minute) => ({ resources: { TCPSocketWrap: minute } }))).toEqual([
    "TCPSocketWrap",
  ]);
});

test("processes are told apart, and without samples nothing is said to be steady", () => {
  const samples = [sample(1), sample(1, { name: "gateway", rssBytes: 100e6 })];
  expect(new Set(trendsOf(samples, 0).map(({ name }) => name))).toEqual(
    new Set(["worker", "gateway"]),
  );
  expect(trendsOf([], 0)).toEqual([]);
});
