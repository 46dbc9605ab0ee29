/** What the sandbox console shows and offers in the demo, beside Dodo's own data. */
import { ATTENTION_CAUSES } from "../../domain/state/attention.ts";
import { type Instant, MINUTE_MS } from "../../domain/values/time.ts";
import type {
  ConsoleExtras,
  ConsoleFacts,
  ConsoleLink,
  ConsoleSubscription,
} from "../../sandbox/pages/console-extras.ts";
import { recoveryUrl } from "../temporal/web-ui.ts";
import type { Settled } from "./recovery-clock.ts";
import { dayZeroOf, endText, type StoryLine } from "./story-lines.ts";
import { stampOf } from "./story-printer.ts";
import { type Demo, messageOf } from "./story.ts";
import { createTeller, type Teller } from "./teller.ts";

const HOW_TO_ANSWER =
  'Follow "Recovery" to the Web UI, then "More Actions", "Send an Update", with {"by": "your name"}. Or use the operator API.';
const STARTING = "The demo is starting. Try again.";

/** @param demoOf null while the demo starts */
export function consoleExtras(
  demoOf: () => Demo | null,
  print: (line: string) => void,
): ConsoleExtras {
  const tellers = new Map<string, Teller>();

  /** Notes what has happened so far, so that an answer tells only what is new. */
  async function tellerOf(
    demo: Demo,
    { subscriptionId: id, email }: ConsoleSubscription,
  ): Promise<Teller> {
    const known = tellers.get(id);
    if (known !== undefined) return known;
    const { stack, clock } = demo;
    const teller = createTeller({ stack, clock, subscriptionId: id, email });
    tellers.set(id, teller);
    teller.hear((await clock.peek(id))?.view ?? null);
    teller.take();
    return teller;
  }

  async function answer(
    subscription: ConsoleSubscription,
    act: (demo: Demo) => Promise<string | null>,
  ): Promise<string[]> {
    const { subscriptionId: id } = subscription;
    const demo = demoOf();
    if (demo === null) return [STARTING];
    try {
      const teller = await tellerOf(demo, subscription);
      const said = await act(demo);
      const settled = await demo.clock.settle(id);
      teller.hear(settled?.view ?? null);
      const dayZero = settled === null ? demo.clock.now(id) : dayZeroOf(settled.view);
      const lines = [...(said === null ? [] : [said]), ...teller.take().map(toLine(dayZero))];
      if (settled?.hasEnded === true && lines.length > 0) lines.push(endOf(settled));
      for (const line of lines) print(line);
      return lines;
    } catch (error) {
      return [`It did not work: ${messageOf(error)}`];
    }
  }

  return {
    actions: [
      {
        label: "Skip to the next step",
        perform: async (one) =>
          await answer(one, async (demo) => await skipToNextStep(demo, one.subscriptionId)),
      },
    ],
    links: () => topLinks(demoOf()),
    now: (id) => demoOf()?.clock.now(id) ?? Date.now(),
    afterPress: async (one) => await answer(one, async () => await Promise.resolve(null)),
    describe: async (one) => {
      const demo = demoOf();
      if (demo === null) return { facts: [], links: [] };
      await tellerOf(demo, one);
      return await describe(demo, one);
    },
  };
}

/** @returns what was skipped, and to when */
async function skipToNextStep({ clock }: Demo, id: string): Promise<string> {
  const settled = await clock.settle(id);
  if (settled === null) return "There is nothing to skip: no charge of this customer has failed.";
  const { view, hasEnded } = settled;
  if (hasEnded) return "There is nothing to skip: the recovery has ended.";
  const { at, what } = view.next;
  if (at === null) return `There is no time to skip: the recovery waits for ${waitsFor(settled)}.`;
  const before = clock.now(id);
  await clock.skipTo(id, at + 1);
  const dayZero = dayZeroOf(view);
  return `Skipped ${durationText(at - before)}, to ${stampOf(at, dayZero)}: ${what}.`;
}

function waitsFor({ view: { recovery, next } }: Settled): string {
  if (recovery.attention.length > 0) return "a person";
  if (recovery.paused !== null) return "a person, who lifts the pause";
  return next.what;
}

function endOf({ view: { recovery } }: Settled): string {
  const last = recovery.ended.at(-1);
  return last === undefined
    ? "The recovery has ended."
    : `The recovery has ended: ${endText(last)}.`;
}

function toLine(dayZero: Instant): (line: StoryLine) => string {
  return ({ at, text }) => `${stampOf(at, dayZero)}: ${text}`;
}

const MINUTES_PER_HOUR = 60;
const HOURS_PER_DAY = 24;

/** For example `2 days 22 h`, `2 h 5 min`. */
export function durationText(durationMs: number): string {
  const minutes = Math.max(0, Math.round(durationMs / MINUTE_MS));
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  const days = Math.floor(hours / HOURS_PER_DAY);
  const parts = [
    days === 0 ? null : `${days} ${days === 1 ? "day" : "days"}`,
    hours % HOURS_PER_DAY === 0 ? null : `${hours % HOURS_PER_DAY} h`,
    minutes % MINUTES_PER_HOUR === 0 || days > 0 ? null : `${minutes % MINUTES_PER_HOUR} min`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "less than a minute" : parts.join(" ");
}

function topLinks(demo: Demo | null): readonly ConsoleLink[] {
  if (demo === null) return [];
  const { stack, webUi } = demo;
  return [
    { label: "All recoveries", href: webUi.recoveriesUrl },
    { label: "All emails", href: stack.inbox.url },
    { label: "Operator API", href: `${stack.gatewayUrl}/docs` },
  ];
}

async function describe(
  demo: Demo,
  { subscriptionId: id, email }: ConsoleSubscription,
): Promise<ConsoleFacts> {
  const { clock, stack, temporal, webUi } = demo;
  const mails = stack.inbox.mails.filter(({ to }) => to === email);
  const page = mails
    .map(({ text }) => /https?:\/\/\S+\/pay\/\S+/.exec(text)?.[0])
    .findLast(Boolean);
  const links = [
    {
      label: `Emails (${mails.length})`,
      href: `${stack.inbox.url}/?to=${encodeURIComponent(email)}`,
    },
    ...(page === undefined ? [] : [{ label: "Payment page", href: page }]),
  ];
  const seen = await clock.peek(id);
  if (seen === null) return { facts: [], links };
  const href = recoveryUrl(webUi.url, temporal.namespace, id);
  return { facts: factsOf(seen, clock.now(id)), links: [{ label: "Recovery", href }, ...links] };
}

function factsOf(seen: Settled, now: Instant): ConsoleFacts["facts"] {
  const { recovery, next } = seen.view;
  const dayZero = dayZeroOf(seen.view);
  const { at, what } = next;
  if (seen.hasEnded) return [{ label: "Recovery", text: endOf(seen) }];
  const nextText = at === null ? `waits for ${waitsFor(seen)}` : `${what}, ${stampOf(at, dayZero)}`;
  return [
    { label: "Now", text: stampOf(now, dayZero) },
    { label: "State", text: recovery.state },
    { label: "Next step", text: nextText },
    ...recovery.attention.map(({ cause }) => {
      const { text, advice } = ATTENTION_CAUSES[cause];
      return { label: "Needs a person", text: `${text} ${advice}` };
    }),
    ...(recovery.attention.length === 0 ? [] : [{ label: "To answer", text: HOW_TO_ANSWER }]),
  ];
}
