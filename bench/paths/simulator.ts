import { ModelDodo } from "../../dev/model/dodo.ts";
import { AUTHORIZED_AT, DAY_0 } from "../../dev/model/story-day.ts";
import { Timeline } from "../../dev/model/timeline.ts";
import { ModelWorld } from "../../dev/model/world.ts";
import { simulate } from "../../dev/simulator/simulate.ts";
import { decide } from "../../domain/decide.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import { type Bench, type OpenPath, type Path, PRODUCT, type Sample } from "../run/path.ts";

export const simulator: Path = {
  name: "simulator",
  title: "worlds of the simulator, and decisions, a core second",
  rounds: { full: 7, quick: 3 },
  warmUps: { full: 1, quick: 1 },
  measures: [
    { key: "worlds", title: "worlds a core second", unit: "", goal: { atLeast: 250 } },
    { key: "decisions", title: "decisions a core second", unit: "", goal: { atLeast: 60_000 } },
    { key: "perRecovery", title: "decisions of a four-attempt recovery", unit: "" },
  ],
  open,
};

type Input = Parameters<typeof decide>;

/** The verdicts on a recovery's charges, from the first one, which the merchant makes. */
const RECOVERIES: readonly (readonly [string, ...(string | null)[]])[] = [
  // Four attempts: the one whose decisions are counted.
  ["INSUFFICIENT_FUNDS", "INSUFFICIENT_FUNDS", "INSUFFICIENT_FUNDS", null],
  ["INSUFFICIENT_FUNDS", "DO_NOT_HONOR", "INSUFFICIENT_FUNDS", "INSUFFICIENT_FUNDS"],
  ["NETWORK_ERROR", null],
  ["EXPIRED_CARD"],
  ["STOLEN_CARD"],
];

const STORY_MS = 60 * DAY_MS;
/** Makes the decisions of all recoveries long enough to be timed. */
const REPETITIONS = 60;

async function open({ isQuick }: Bench): Promise<OpenPath> {
  const recoveries: (readonly Input[])[] = [];
  for (const verdicts of RECOVERIES) recoveries.push(await inputsOf(verdicts));
  const worlds = isQuick ? 150 : 400;
  const perRecovery = recoveries[0]?.length ?? 0;
  return {
    subjects: [
      {
        name: PRODUCT,
        run: async (): Promise<Sample> => ({
          worlds: await worldsASecond(worlds),
          decisions: decisionsASecond(recoveries.flat()),
          perRecovery,
        }),
      },
    ],
    close: async () => await Promise.resolve(),
  };
}

/** The inputs of every decision of a recovery, so that each can be made again, alone. */
async function inputsOf([first, ...rest]: (typeof RECOVERIES)[number]): Promise<readonly Input[]> {
  const timeline = new Timeline(DAY_0);
  const dodo = new ModelDodo(timeline, { authorizedAt: AUTHORIZED_AT, unsettledTax: "given" });
  const world = new ModelWorld(timeline, dodo, () => DEFAULT_POLICY);
  const inputs: Input[] = [];
  world.decide = (...input) => {
    inputs.push(input);
    return decide(...input);
  };
  for (const code of rest) {
    dodo.verdicts.push(code === null ? { kind: "succeed" } : { kind: "decline", code });
  }
  dodo.merchantCharges({ kind: "decline", code: first });
  await timeline.run(DAY_0 + STORY_MS);
  if (world.errors.length > 0) throw world.errors[0];
  return inputs;
}

/** By the CPU time of this process. */
async function worldsASecond(count: number): Promise<number> {
  const before = process.cpuUsage();
  const { failures } = await simulate({ from: 1, seeds: count });
  const seconds = cpuSecondsSince(before);
  if (failures.length > 0) throw new Error(`seed ${failures[0]?.seed} violates an invariant`);
  return count / seconds;
}

function decisionsASecond(inputs: readonly Input[]): number {
  const before = process.cpuUsage();
  for (let turn = 0; turn < REPETITIONS; turn += 1) {
    for (const input of inputs) decide(...input);
  }
  return (inputs.length * REPETITIONS) / cpuSecondsSince(before);
}

function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
