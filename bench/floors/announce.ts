/** What every floor's process does: reads its settings, and says when it is ready. */

const READY = "ready ";

/** Says that the process is ready. @param detail such as its address */
export function announce(detail: string): void {
  console.log(READY + detail);
}

/** The detail in a log; null before the process is ready. */
export function announcedIn(log: string): string | null {
  const line = log.split("\n").find((one) => one.startsWith(READY));
  return line === undefined ? null : line.slice(READY.length);
}

/** @throws if the setting is missing */
export function settingOf(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
