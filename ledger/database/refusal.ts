/** SQLSTATE classes of values that no column takes. @source PostgreSQL, "Error Codes" */
const OF_VALUES = /^2[123]/;

/** Whether PostgreSQL refuses the rows themselves: another try cannot help. */
export function isRefusal(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return typeof error.code === "string" && error.code.length === 5 && OF_VALUES.test(error.code);
}
