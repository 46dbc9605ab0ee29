import { visible } from "../../domain/values/visible-text.ts";

/** RFC 5321 4.5.3.1.3. */
const ADDRESS_CHARACTERS_MAX = 254;

/** One plain address. Quoted names, comments, groups, lists and address literals are legal and are not used for customers. */
const ADDRESS = /^[^\s\p{Cc}@,;:<>()[\]"\\]+@[^\s\p{Cc}@,;:<>()[\]"\\]+$/u;

/** Why a customer cannot be written to. */
export const NO_ADDRESS = "Dodo has no address, or not exactly one";

/** @returns the address; null for anything but exactly one plain address */
export function plainAddressOf(text: string | null): string | null {
  const address = (text ?? "").trim();
  const isPlain = ADDRESS.test(address) && visible(address) === address;
  return address.length <= ADDRESS_CHARACTERS_MAX && isPlain ? address : null;
}
