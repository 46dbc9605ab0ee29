/** One mailbox, as parts: a mail program would read a text with a comma as several. */
export type Mailbox = { readonly name?: string; readonly address: string };

/** Of `Name <address>` or `address`, as the configuration has it. */
export function mailboxOf(text: string): Mailbox {
  const parts = /^\s*(?<name>[^<>]*?)\s*<(?<address>[^<>]+)>\s*$/.exec(text)?.groups;
  if (parts === undefined) return { address: text.trim() };
  const name = (parts["name"] ?? "").replace(/^"(.*)"$/, "$1");
  const address = (parts["address"] ?? "").trim();
  return name === "" ? { address } : { name, address };
}
