/** The columns of an export, in order. docs/METRICS.md, "debt_outcomes", says what each one means. */
export const EXPORT_COLUMNS = [
  "provider",
  "recovery_id",
  "subscription_id",
  "customer_id",
  "debt_id",
  "product_id",
  "brand_id",
  "segment",
  "arm",
  "currency",
  "amount_minor",
  "first_failed_at",
  "opened_at",
  "ended_at",
  "outcome",
  "cause",
  "attempts",
  "notices",
  "first_decline_code",
  "decline_class",
  "collected_minor",
  "settled_by_payment_id",
  "settled_attempt",
  "trigger",
  "country",
  "notices_before_settlement",
  "days_to_recover",
  "own_attempts",
  "declined_attempts",
  "is_requested",
  "is_late",
] as const;

export type ExportColumn = (typeof EXPORT_COLUMNS)[number];
type Value = string | number | boolean | null;

/** A debt, as an export has it. Times are ISO 8601. */
export type ExportRow = Readonly<Record<ExportColumn, Value>>;

/** A cell that a spreadsheet takes for a formula. @source OWASP, "CSV Injection" */
const FORMULA = /^[=+\-@\t\r]/;

/** A line of CSV, without its end. @source RFC 4180 */
export function csvLine(values: readonly Value[]): string {
  return values.map(csvCell).join(",");
}

/** Texts that look like a formula begin with an apostrophe; a spreadsheet shows the rest. Numbers stay as they are. */
function csvCell(value: Value): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
