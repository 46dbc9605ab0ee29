import type { Verdict } from "../../../dev/model/dodo.ts";
import { apiError } from "../../../dev/model/errors.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { Command } from "../../../domain/state/command.ts";
import { MINUTE_MS, type Scenario, startScenario } from "../../support/domain/scenario.ts";

export const decline = (code: string | null): Verdict => ({ kind: "decline", code });
export const SOFT = decline("INSUFFICIENT_FUNDS");
export const SUCCEED: Verdict = { kind: "succeed" };

export const LINK: Command = { action: "create_payment_link", debtId: null };

/** A recovery whose first charge fails with `code`; `verdicts` decide the later ones. */
export async function failing(
  code: string | null,
  verdicts: readonly Verdict[] = [],
  options: Parameters<typeof startScenario>[0] = {},
  policy: Policy = DEFAULT_POLICY,
): Promise<Scenario> {
  const run = startScenario(options, policy);
  run.dodo.verdicts.push(...verdicts);
  run.dodo.merchantCharges(decline(code));
  await run.until(0, MINUTE_MS);
  return run;
}

/** The charge requests that reached Dodo. */
export const charges = ({ dodo }: Scenario): number =>
  dodo.mutations.filter(({ what }) => what === "charge").length;

/** The outcome of the last run; undefined while it is open. */
export const outcome = ({ world }: Scenario): string | undefined =>
  world.results.at(-1)?.outcome ?? undefined;

/** The causes of the open questions. */
export const attention = ({ world }: Scenario): string[] =>
  (world.recovery?.attention ?? []).map(({ cause }) => cause);

/** The causes of the alerts to the operator. */
export const alerts = ({ world }: Scenario): string[] => world.alerts.map(({ cause }) => cause);

/** Dodo refuses reads for this long, as with a revoked API key. */
export function refuseReads({ dodo, timeline }: Scenario, forMs: number): void {
  const until = timeline.now() + forMs;
  const read = dodo.retrieveSubscription.bind(dodo);
  dodo.retrieveSubscription = async () => {
    if (timeline.now() < until) {
      throw apiError(401, "UNAUTHORIZED");
    }
    return await read();
  };
}
