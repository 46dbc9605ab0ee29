import type { FastifyInstance } from "fastify";

export type RouteTable = {
  /** Each route once: its path as it is declared, and its methods. */
  readonly routes: ReadonlyMap<string, ReadonlySet<string>>;
  /** The methods of the path of a request; empty if there is no such route. */
  readonly methodsOf: (url: string) => readonly string[];
};

declare module "fastify" {
  interface FastifyInstance {
    /** Every route of the gateway. */
    routeTable: RouteTable;
  }
}

/** Remembers every route that is added from now on. */
export function addRouteTable(app: FastifyInstance): void {
  const routes = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const methods = routes.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    routes.set(url, methods);
  });
  app.decorate("routeTable", {
    routes,
    methodsOf: (url) => {
      const path = url.split(/[?#]/)[0] ?? "";
      const matching = [...routes].filter(([route]) => patternOf(route).test(path));
      return [...new Set(matching.flatMap(([, methods]) => [...methods]))].toSorted();
    },
  });
}

/** @param route with `:name` for a segment and `*` for the rest, as Fastify has it */
function patternOf(route: string): RegExp {
  const parts = route.split("/").map((part) => {
    if (part === "*") return ".*";
    return part.startsWith(":") ? "[^/]+" : part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join("/")}$`);
}
