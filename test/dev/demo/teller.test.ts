import { expect, onTestFinished, test, vi } from "vitest";
import { createTeller, type TellerOptions } from "../../../dev/demo/teller.ts";
import type { ReceivedMail } from "../../../dev/local-stack/received-mail.ts";
import { DAY_MS, type Instant } from "../../../domain/values/time.ts";

const START = Date.UTC(2026, 0, 1) as Instant;

function setUp(now: () => Instant, mails: readonly Partial<ReceivedMail>[]) {
  const options = {
    stack: { inbox: { mails } },
    clock: { now },
    subscriptionId: "sub_1",
    email: "ada@customer.example",
    startedAt: START,
  };
  return createTeller(options as unknown as TellerOptions);
}

test("a story's lines come in the order of their events, whenever they are heard", () => {
  const teller = setUp(() => START, []);
  teller.say("the second", (START + 2) as Instant);
  teller.say("the first", (START + 1) as Instant);
  expect(teller.take().map(({ text }) => text)).toEqual(["the first", "the second"]);
  expect(teller.take()).toEqual([]);
});

test("a mail is told once, at the recovery's own time", () => {
  const ahead = 3 * DAY_MS;
  const arrived = Date.now();
  const mails = [
    {
      id: 1,
      to: "ada@customer.example",
      subject: "Hello",
      text: "",
      at: new Date(arrived).toISOString(),
    },
    {
      id: 2,
      to: "ben@customer.example",
      subject: "Not hers",
      text: "",
      at: new Date(arrived).toISOString(),
    },
  ];
  const teller = setUp(() => (Date.now() + ahead) as Instant, mails);
  vi.useFakeTimers({ now: arrived });
  onTestFinished(() => void vi.useRealTimers());
  teller.hear(null);
  teller.hear(null);
  const lines = teller.take();
  expect(lines.map(({ text }) => text)).toEqual(["email: “Hello”"]);
  expect(lines[0]?.at).toBe(arrived + ahead);
});
