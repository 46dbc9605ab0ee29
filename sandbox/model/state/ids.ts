import { randomBytes } from "node:crypto";

type Prefix =
  "cus" | "sub" | "pay" | "pm" | "inv" | "ref" | "dp" | "cks" | "msg" | "req" | "prt" | "flt";

/** A random id in Dodo's format, such as `pay_gr4RizvMOXFJ6xca3y2tU`. */
export function newId(prefix: Prefix): string {
  const letters = randomBytes(32)
    .toString("base64")
    .replace(/[^A-Za-z0-9]/g, "");
  return `${prefix}_${letters.slice(0, 21)}`;
}
