import assert from "node:assert/strict";
import { isFerryError } from "../errors.ts";
import { stripTypes } from "./strip.ts";

/** Runs a module's text; gives its exports. */
async function exportsOf(text: string): Promise<Record<string, unknown>> {
  return await import(`data:text/javascript,${encodeURIComponent(text)}`);
}

Deno.test("what TypeScript adds falls away or becomes JavaScript, line by line", async () => {
  const text = `import type { Nothing } from "./nothing.ts";
import { type Other } from "./nothing.ts";
enum Colour { Red = "red", Blue = 2 }
abstract class Base<T> { constructor(protected readonly value: T, public name?: string) {} abstract get(): T; declare x: number }
class Real extends Base<number> { override get(): number { return this.value!; } }
function over(a: string): string; function over(a: number): string; function over(a: unknown): string { return \`\${a}\`; }
const generic = <T,>(one: T): T => one;
const table = { a: 1, b: [2] } as const satisfies Readonly<Record<string, unknown>>;
export const found = [Colour.Red, Colour[2], new Real(3).get(), over(4), generic<number>(5), table.b[0]] as unknown[];
export type { Nothing };
export const line = new Error().stack!.split("\\n")[1]!.replace(/.*:(\\d+):\\d+\\)?$/, "$1");
`;
  const stripped = stripTypes(text, "mine.ts");
  const { found, line } = await exportsOf(stripped);
  assert.deepEqual(found, ["red", "Blue", 3, "4", 5, 2]);
  assert.equal(line, "11");
  assert.equal(stripped.split("\n").length, text.split("\n").length);
});

Deno.test("wrong syntax is named with its place", () => {
  assert.throws(
    () => stripTypes("const a: string = 1;\nconst = 2;\n", "lib/mine.ts"),
    (error) => isFerryError(error, "PLUGIN_INVALID") && /"lib\/mine\.ts".*\(2:7\)/.test(error.message),
  );
});
