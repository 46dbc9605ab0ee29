import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** `mrml` is MJML's compiler as WebAssembly; its package names no ES module. */
type Compiler = {
  readonly Engine: new () => {
    toHtml: (mjml: string) =>
      | {
          readonly type: "success";
          readonly content: string;
          readonly warnings: readonly unknown[];
        }
      | { readonly type: "error"; readonly message: string };
  };
};

const SOURCE = fileURLToPath(new URL("../../activities/mail/mail.mjml", import.meta.url));
export const COMPILED = "activities/mail/mail-template.generated.ts";

/** The mail's HTML, made from `mail.mjml`, as the worker has it: a module, with Mustache's tags still in it. */
export function compiledMailTemplate(): string {
  const { Engine } = createRequire(import.meta.url)("mrml") as Compiler;
  const made = new Engine().toHtml(readFileSync(SOURCE, "utf8"));
  if (made.type === "error") throw new Error(`mail.mjml: ${made.message}`);
  if (made.warnings.length > 0) throw new Error(`mail.mjml: ${JSON.stringify(made.warnings)}`);
  // A line an element: between these, white space says nothing.
  const html = made.content
    .replaceAll(/\s*\n\s*/g, "\n")
    .replaceAll(
      /(?<=>)\s*(?=<(?:\/?(?:table|tr|td|th|div|style|meta|title|head|body)\b|!--(?!>)))/g,
      "\n",
    );
  return [
    "// Made from mail.mjml by `npm run docs`; edit that instead.",
    `export const MAIL_TEMPLATE = String.raw\`${html}\`;`,
    "",
  ].join("\n");
}
