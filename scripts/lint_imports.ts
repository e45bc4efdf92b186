/**
 * The project's own lint rules: who may import whom, who may write to a stream, where there is no input or output.
 *
 * @module
 */
import { basename, isAbsolute, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Finding, judgeImport } from "./lint/imports.ts";
import {
  FETCHLESS_PLACES,
  GOVERNED,
  isInAny,
  isTest,
  MAX_LINES,
  PROCESS_USERS,
  PURE_PLACES,
  STREAM_WRITERS,
} from "./lint/table.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const PROCESS_MEMBERS = ["exit", "args", "env", "exitCode", "stdin", "kill", "chdir"];

/** Path of a linted file from the root of the project, with `/`. */
function pathOf(filename: string): string {
  const path = isAbsolute(filename) ? relative(ROOT, filename) : filename;
  return path.replaceAll("\\", "/").replace(/^\.\//, "");
}

/** Path of a file that the rules hold for; undefined for tests, scripts and everything else. */
function governedPath(filename: string): string | undefined {
  const path = pathOf(filename);
  if (isTest(path)) return undefined;
  return isInAny(path, GOVERNED) ? path : undefined;
}

function report(context: Deno.lint.RuleContext, node: Deno.lint.Node, finding: Finding | undefined): void {
  if (finding !== undefined) context.report({ node, message: finding.message, hint: finding.hint });
}

const imports: Deno.lint.Rule = {
  create(context) {
    const from = governedPath(context.filename);
    if (from === undefined) return {};
    const judge = (node: Deno.lint.Node, specifier: string, typesOnly: boolean) =>
      report(context, node, judgeImport({ from, specifier, typesOnly }));
    return {
      ImportDeclaration(node) {
        const named = node.specifiers.length > 0 &&
          node.specifiers.every((one) => one.type === "ImportSpecifier" && one.importKind === "type");
        judge(node, node.source.value, node.importKind === "type" || named);
      },
      ExportNamedDeclaration(node) {
        if (node.source === null) return;
        const named = node.specifiers.length > 0 && node.specifiers.every((one) => one.exportKind === "type");
        judge(node, node.source.value, node.exportKind === "type" || named);
      },
      ExportAllDeclaration(node) {
        judge(node, node.source.value, node.exportKind === "type");
      },
      ImportExpression(node) {
        if (node.source.type === "Literal" && typeof node.source.value === "string") {
          judge(node, node.source.value, false);
        }
      },
      TSImportType(node) {
        if (node.argument.type === "TSLiteralType" && node.argument.literal.type === "Literal") {
          judge(node, String(node.argument.literal.value), true);
        }
      },
    };
  },
};

const streams: Deno.lint.Rule = {
  create(context) {
    const path = governedPath(context.filename);
    if (path === undefined) return {};
    return {
      MemberExpression(node) {
        if (node.object.type !== "Identifier" || node.property.type !== "Identifier" || node.computed) return;
        const name = `${node.object.name}.${node.property.name}`;
        if (node.object.name === "console") {
          return report(context, node, {
            message: `${name} must not be used`,
            hint: "Yield data, emit events or use the context's log: only src/output writes to a stream",
          });
        }
        if (!["Deno", "process"].includes(node.object.name)) return;
        if (["stdout", "stderr"].includes(node.property.name) && !isInAny(path, STREAM_WRITERS)) {
          return report(context, node, {
            message: `${path} must not use ${name}`,
            hint: `Only ${STREAM_WRITERS.join(", ")} write to a stream`,
          });
        }
        if (PROCESS_MEMBERS.includes(node.property.name) && !isInAny(path, PROCESS_USERS)) {
          report(context, node, {
            message: `${path} must not use ${name}`,
            hint: "Take what is needed from the context or as a parameter",
          });
        }
      },
    };
  },
};

const pure: Deno.lint.Rule = {
  create(context) {
    const path = governedPath(context.filename);
    if (path === undefined) return {};
    const noFetch = isInAny(path, FETCHLESS_PLACES);
    const noDeno = isInAny(path, PURE_PLACES);
    return {
      CallExpression(node) {
        if (noFetch && node.callee.type === "Identifier" && node.callee.name === "fetch") {
          report(context, node, {
            message: `${path} must not call fetch`,
            hint: "Requests go through src/http; take a fetch-shaped function as a parameter",
          });
        }
      },
      MemberExpression(node) {
        if (noDeno && node.object.type === "Identifier" && ["Deno", "process"].includes(node.object.name)) {
          report(context, node, {
            message: `${path} is pure data and must not use ${node.object.name}`,
            hint: "Move input and output up",
          });
        }
      },
    };
  },
};

const file: Deno.lint.Rule = {
  create(context) {
    const path = pathOf(context.filename);
    return {
      Program(node) {
        const lines = context.sourceCode.text.split("\n").length - 1;
        if (lines > MAX_LINES) {
          report(context, node, {
            message: `${path} has ${lines} lines, more than ${MAX_LINES}`,
            hint: "One idea a file: split it",
          });
        }
        if (!/^[a-z][a-z0-9_]*(\.d)?\.(ts|mjs|js|tsx)$/.test(basename(path))) {
          report(context, node, { message: `${path} is not in snake_case`, hint: "Rename the file" });
        }
      },
    };
  },
};

/** The plugin that deno.json names. */
const plugin: Deno.lint.Plugin = { name: "ferry", rules: { imports, streams, pure, file } };
export default plugin;
