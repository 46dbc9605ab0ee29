import type { Command } from "commander";
import { createProgress } from "../run/progress.ts";
import type { Session } from "../run/session.ts";
import type { ShadowRecord } from "../temporal/shadow-history.ts";
import { comparisonBody, formatComparison, summaryOf } from "../text/shadow-comparison.ts";
import { addExamples } from "./examples.ts";
import type { Runner } from "./runner.ts";

/** `shadow-report`. */
export function addShadowReportCommand(program: Command, { run }: Runner): void {
  const report = program
    .command("shadow-report")
    .description("Compare shadow mode with what happened")
    .addHelpText("after", "\nIt reads Temporal (TEMPORAL_*), and needs no worker and no key.")
    .action(run(reportShadow));
  addExamples(report, [["shadow-report", "Read it before you set MODE=act"]]);
}

async function reportShadow(session: Session): Promise<void> {
  const { shell, isJson } = session;
  // Temporal's packages take a second to load.
  const { withTemporal } = await import("../temporal/temporal-client.ts");
  const { countRecoveries, shadowRecords } = await import("../temporal/shadow-records.ts");
  await withTemporal(shell.env, null, async (client, taskQueue) => {
    const total = await countRecoveries(client, taskQueue);
    const progress = createProgress(shell.stderr, "recoveries read", total);
    let read = 0;
    const onRead = (): void => progress.at((read += 1));
    const bodies: object[] = [];
    const actions: ShadowRecord["actions"][number]["kind"][] = [];
    let recoveries = 0;
    try {
      for await (const record of shadowRecords(client, taskQueue, onRead)) {
        if (shell.stdout.isClosed()) return;
        recoveries += 1;
        actions.push(...record.actions.map(({ kind }) => kind));
        if (isJson) bodies.push(comparisonBody(record));
        else {
          progress.end();
          shell.stdout.write(`${formatComparison(record)}\n\n`);
        }
      }
    } finally {
      progress.end();
    }
    session.print({ recoveries: bodies }, () => summaryOf(recoveries, actions));
  });
}
