/**
 * Finds the path template that a path is of.
 * Guarantees: literal segments win over parameters (`/users/delta` is no user id); parameters are decoded.
 */
interface Route<Target> {
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly parameterCount: number;
  readonly target: Target;
}

export class PathRouter<Target> {
  /** By number of segments: most paths are told apart by it already. */
  readonly #routes = new Map<number, Route<Target>[]>();

  add(method: string, template: string, target: Target): void {
    const names = [...template.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
    const source = template
      .split(/\{[^}]+\}/)
      .map((literal) => literal.replaceAll(/[$().*+?^|[\]\\]/g, "\\$&"))
      .join("([^/]+?)");
    const pattern = new RegExp(`^${source}$`);
    const count = template.split("/").length;
    const routes = [...(this.#routes.get(count) ?? [])];
    routes.push({ method, pattern, names, parameterCount: names.length, target });
    routes.sort((one, two) => one.parameterCount - two.parameterCount);
    this.#routes.set(count, routes);
  }

  match(
    method: string,
    path: string,
  ): { readonly target: Target; readonly params: Readonly<Record<string, string>> } | undefined {
    for (const route of this.#routes.get(path.split("/").length) ?? []) {
      if (route.method !== method) continue;
      const found = route.pattern.exec(path);
      if (found === null) continue;
      const params = route.names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")] as const);
      return { target: route.target, params: Object.fromEntries(params) };
    }
    return undefined;
  }
}
