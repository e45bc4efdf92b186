/**
 * The repositories that a rule of retention is about.
 *
 * @module
 */
import { type Context, FerryError, parseReference, type Reference } from "../../../src/mod.ts";

/** Repositories of the patterns, none twice. A pattern without `*` is asked nothing about. */
export async function repositoriesOf(
  context: Context,
  patterns: readonly string[],
  signal: AbortSignal,
): Promise<readonly Reference[]> {
  const found = new Map<string, Reference>();
  const schemes = await context.plugins.schemes();
  const lists = new Map<string, Promise<readonly string[]>>();
  for (const pattern of patterns) {
    if (!pattern.includes("*")) {
      found.set(pattern, repositoryOf(pattern, schemes));
      continue;
    }
    const [, registry, names] = /^([^/*]+)\/(.+)$/.exec(pattern) ?? [];
    if (registry === undefined || names === undefined) {
      throw new FerryError("CONFIG_INVALID", `Pattern "${pattern}" names no registry`, {
        hint: "write registry.example.org/org/*",
      });
    }
    let list = lists.get(registry);
    if (list === undefined) {
      list = context.registry().then((transport) => transport.listRepositories(registry, { signal }));
      lists.set(registry, list);
    }
    const expression = globExpression(names);
    for (const name of await list) {
      if (expression.test(name)) found.set(`${registry}/${name}`, repositoryOf(`${registry}/${name}`, schemes));
    }
  }
  return [...found.values()];
}

function repositoryOf(text: string, schemes: ReadonlySet<string>): Reference {
  return { ...parseReference(text, schemes), tag: "", digest: "" };
}

/** `*` stands for a part of a name, `**` for any number of parts. */
function globExpression(pattern: string): RegExp {
  const source = pattern.split(/(\*+)/).map((part) =>
    /^\*{2,}$/.test(part) ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
  );
  return new RegExp(`^${source.join("")}$`);
}
