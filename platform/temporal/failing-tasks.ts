/**
 * The workflows of a task queue whose workflow tasks fail again and again, for Temporal's visibility. The server marks them after a
 * few failures in a row, and unmarks them once a task completes.
 * @source docs/TEMPORAL.md, "Visibility and search attributes"
 */
export function failingTasksQuery(taskQueue: string): string {
  return `TaskQueue = "${taskQueue}" AND ExecutionStatus = "Running" AND TemporalReportedProblems IS NOT NULL`;
}
