/**
 * The licenses of what is in the program, which their authors ask to go along with copies.
 *
 * @module
 */
import { join } from "node:path";
import type { BundledPackage } from "../build/packages.ts";

const DENO = `MIT License

Copyright 2018-2026 the Deno authors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

The runtime has V8, ICU, SQLite and many crates of Rust in it, whose licenses its own sources list:
https://github.com/denoland/deno
`;

/** The text of all notices. */
export async function notices(packages: readonly BundledPackage[]): Promise<string> {
  const parts = [part(`deno ${Deno.version.deno}`, DENO)];
  for (const { name, version, folder } of packages) {
    const file = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort()
      .find((one) => /^(licen[cs]e|copying|notice)(\.|-|$)/i.test(one));
    const { license, author } = JSON.parse(await Deno.readTextFile(join(folder, "package.json")));
    const by = typeof author === "string" ? author : author?.name;
    const text = file === undefined
      ? `${license ?? "No license is named"}${by === undefined ? "" : `, ${by}`}\n`
      : await Deno.readTextFile(join(folder, file));
    parts.push(part(`${name} ${version}`, text));
  }
  return parts.join("\n");
}

function part(title: string, text: string): string {
  return `${"=".repeat(80)}\n${title}\n${"=".repeat(80)}\n\n${text.replaceAll("\r\n", "\n").trim()}\n`;
}
