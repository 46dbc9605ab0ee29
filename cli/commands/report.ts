import { type Command, Option } from "commander";
import type { Instant } from "../../domain/values/time.ts";
import { DIMENSION_NAMES } from "../../ledger/report/dimensions.ts";
import { reportAnswer } from "../gateway/answers.ts";
import { instantOf } from "../run/range.ts";
import type { Session } from "../run/session.ts";
import { reportText } from "../text/report-text.ts";
import { apiOf } from "./api-session.ts";
import { addExamples } from "./examples.ts";
import type { Runner } from "./runner.ts";

type ReportOptions = { readonly from?: Instant; readonly to?: Instant; readonly by: string };

/** `report`. */
export function addReportCommand(program: Command, { run }: Runner): void {
  const report = program
    .command("report")
    .description("Show what was at risk and what came back")
    .option("--from <date>", "first failed at or after it", instantOf)
    .option("--to <date>", "first failed before it", instantOf)
    .addOption(new Option("--by <field>", "group by").choices(DIMENSION_NAMES).default("month"))
    .action(run(showReport));
  addExamples(report, [
    ["report --from 2026-11-01 --to 2026-12-01", "The debts of November"],
    ["report --by code", "Which declines come back"],
  ]);
}

async function showReport(session: Session, { from, to, by }: ReportOptions): Promise<void> {
  const query = new URLSearchParams({ by });
  if (from !== undefined) query.set("from", new Date(from).toISOString());
  if (to !== undefined) query.set("to", new Date(to).toISOString());
  const report = await apiOf(session).get(`/reports/recovery?${query.toString()}`, reportAnswer);
  session.print(report, () => reportText(report, session.paint));
}
