import { type DefaultTreeAdapterTypes, parse } from "parse5";

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

function elementsOf(html: string): Element[] {
  const found: Element[] = [];
  const visit = (node: Node): void => {
    if ("tagName" in node) found.push(node);
    if ("childNodes" in node) node.childNodes.forEach(visit);
  };
  visit(parse(html));
  return found;
}

/** Scripts, handlers of events, and addresses that run or load something; empty for a page without any. */
export function scriptsIn(html: string): string[] {
  return elementsOf(html).flatMap(({ tagName, attrs }) => {
    const isScript = ["script", "iframe", "object", "embed", "base", "svg"].includes(tagName);
    const alive = attrs.filter(
      ({ name, value }) =>
        name.startsWith("on") ||
        (["href", "src", "action"].includes(name) && hasOddScheme(value)) ||
        (name === "src" && value.includes("evil")),
    );
    return [...(isScript ? [tagName] : []), ...alive.map(({ name }) => `${tagName} ${name}`)];
  });
}

/** Relative addresses have no scheme. Browsers skip spaces and control characters in one. */
function hasOddScheme(address: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address.replaceAll(/[\s\p{Cc}]/gu, ""))?.[1];
  return scheme !== undefined && !["http", "https", "cid", "mailto"].includes(scheme.toLowerCase());
}

/** Where the links and forms of a page lead. */
export function linksIn(html: string): string[] {
  return elementsOf(html).flatMap(({ attrs }) =>
    attrs.filter(({ name }) => ["href", "action"].includes(name)).map(({ value }) => value),
  );
}

/** Control characters and marks of direction, which a terminal or a mail program obeys. */
export const OBEYED = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
