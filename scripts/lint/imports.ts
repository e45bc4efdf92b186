/**
 * Judges one import by the table.
 *
 * @module
 */
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { GOVERNED, isInAny, isTest, ownFolder, PACKAGES, PURE_BUILTINS, PURE_PLACES, rowOf } from "./table.ts";

/** An import as it stands in a file. */
export interface Import {
  /** The file, from the root of the project. */
  readonly from: string;
  /** What it names. */
  readonly specifier: string;
  /** True when only types come over. */
  readonly typesOnly: boolean;
}

/** What is wrong and how to fix it. */
export interface Finding {
  /** What is wrong. */
  readonly message: string;
  /** How to fix it. */
  readonly hint: string;
}

/** Says what is wrong with an import, or undefined when it is allowed. */
export function judgeImport(found: Import): Finding | undefined {
  const governed = isInAny(found.from, GOVERNED);
  if (!governed || isTest(found.from)) return undefined;
  if (/^(jsr|https?):/.test(found.specifier)) {
    return {
      message: `"${found.specifier}" comes from a place that builds cannot count on`,
      hint: "Take an npm package that is pinned in deno.json, or a built-in",
    };
  }
  if (isBuiltin(found.specifier)) return judgeBuiltin(found);
  if (/^\.{0,2}\//.test(found.specifier)) return judgePath(found);
  return judgePackage(found);
}

function judgeBuiltin({ from, specifier }: Import): Finding | undefined {
  if (!isInAny(from, PURE_PLACES) || PURE_BUILTINS.includes(specifier)) return undefined;
  return {
    message: `${from} is pure data and must not import "${specifier}"`,
    hint: `Only ${PURE_BUILTINS.join(" and ")} may be used there; move input and output up`,
  };
}

function judgePackage({ from, specifier }: Import): Finding | undefined {
  const name = packageName(specifier);
  const owners = PACKAGES[name];
  if (owners?.includes(from)) return undefined;
  if (owners !== undefined) {
    return { message: `Only ${owners.join(", ")} may import "${name}"`, hint: "Use what that file offers" };
  }
  if (from.startsWith("plugins/")) return undefined;
  return {
    message: `${from} must not import the package "${name}"`,
    hint: "A package is known to one file of the kernel: add it to PACKAGES in scripts/lint/table.ts",
  };
}

function judgePath({ from, specifier, typesOnly }: Import): Finding | undefined {
  const to = posix.normalize(posix.join(posix.dirname(from), specifier));
  const row = rowOf(from);
  if (row === undefined) {
    return {
      message: `${from} has no row in the table of imports`,
      hint: "Move the file, or add its row to scripts/lint/table.ts and say why",
    };
  }
  if (isTest(to)) return { message: `${from} must not import the test file ${to}`, hint: "Tests import code" };
  const own = ownFolder(from);
  if (own !== undefined && to.startsWith(own)) return undefined;
  if (isInAny(to, row.values)) return undefined;
  const asTypes = isInAny(to, row.types ?? []);
  if (asTypes && typesOnly) return undefined;
  const allowed = row.values.length === 0 ? "nothing" : row.values.join(", ");
  return {
    message: `${row.place} must not import ${asTypes ? "values from " : ""}${to}`,
    hint: asTypes
      ? "Write `import type`, or pass the value in"
      : `Imports only go down: ${row.place} may import ${allowed}${
        row.types === undefined ? "" : `, and types from ${row.types.join(", ")}`
      }`,
  };
}

/** Name of the package in a bare specifier: `@scope/name/sub` gives `@scope/name`. */
function packageName(specifier: string): string {
  const bare = specifier.replace(/^npm:\/?/, "");
  const [first = "", second = ""] = bare.split("/");
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  return name.replace(/(?<=.)@.*$/, "");
}
