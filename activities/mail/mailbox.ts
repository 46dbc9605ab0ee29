/** One mailbox, as parts: a mail program would read a text with a comma as several. */
export type Mailbox = { readonly name?: string; readonly address: string };

/** RFC 5321 4.5.3.1.3. */
const ADDRESS_CHARACTERS_MAX = 254;

/** One plain address. Quoted names, comments, groups, lists and address literals are legal and are not used for customers. */
const ADDRESS = /^[^\s\p{Cc}@,;:<>()[\]"\\]+@[^\s\p{Cc}@,;:<>()[\]"\\]+$/u;

/** Why a customer cannot be written to. */
export const NO_ADDRESS = "Dodo has no address, or not exactly one";

/** @returns the address; null for anything but exactly one plain address */
export function plainAddressOf(text: string | null): string | null {
  const address = (text ?? "").trim();
  return address.length <= ADDRESS_CHARACTERS_MAX && ADDRESS.test(address) ? address : null;
}

/** Of `Name <address>` or `address`, as the configuration has it. */
export function mailboxOf(text: string): Mailbox {
  const parts = /^\s*(?<name>[^<>]*?)\s*<(?<address>[^<>]+)>\s*$/.exec(text)?.groups;
  if (parts === undefined) return { address: text.trim() };
  const name = (parts["name"] ?? "").replace(/^"(.*)"$/, "$1");
  const address = (parts["address"] ?? "").trim();
  return name === "" ? { address } : { name, address };
}
