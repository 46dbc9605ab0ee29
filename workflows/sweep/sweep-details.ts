import type { Finding, Scan, Sweep } from "../../domain/sweep/sweep.ts";
import { describeInstant } from "../../domain/values/time.ts";
import { code } from "../shared/markdown.ts";

/** Lines of each list. The workflow's result has more. */
const LINES_MAX = 40;

/** What the Temporal Web UI shows of a sweep. @param scan null once it has ended */
export function sweepDetails(sweep: Sweep, scan: Scan | null): string {
  const { plan, counts, pages, rows } = sweep;
  const { opened, notified, listed, checkouts } = counts;
  return [
    `**${opened} opened, ${listed} to decide by a person**`,
    "",
    `- Started: ${describeInstant(plan.at)}`,
    `- Now: ${scan === null ? "done" : `${scan.replaceAll("_", " ")}, page ${sweep.page}`}`,
    `- Read: ${rows} rows on ${pages} pages`,
    `- Recovery already open: ${counts.haveRecovery}; ended earlier: ${counts.endedBefore}`,
    ...((counts.deferred ?? 0) > 0
      ? [`- Left to the next sweep, as this one has opened ${opened}: ${counts.deferred}`]
      : []),
    `- Recoveries notified of a payment: ${notified}; checkouts started: ${checkouts}`,
    ...section("Opened", sweep.opened, opened),
    ...section("To decide by a person: not opened automatically", sweep.listed, listed),
    ...section("Notified of a payment", sweep.notified, notified),
  ].join("\n");
}

function section(title: string, found: readonly Finding[], count: number): readonly string[] {
  if (found.length === 0) return [];
  const shown = found.slice(0, LINES_MAX);
  const more = count - shown.length;
  return [
    "",
    `**${title}**`,
    "",
    ...shown.map(lineOf),
    ...(more > 0 ? [`- … and ${more} more`] : []),
  ];
}

function lineOf({ subscriptionId, paymentId, since, why }: Finding): string {
  const payment = paymentId === null ? "" : `, payment ${code(paymentId)}`;
  const when = since === null ? "" : `, ${describeInstant(since)}`;
  return `- ${code(subscriptionId)}${payment}${when} (${why.replaceAll("_", " ")})`;
}
