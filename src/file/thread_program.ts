import type { createHash } from "node:crypto";

/**
 * Address of a program for a thread that hashes: `serve` is run in it with the thread's globals. It is made from the text of that
 * function, so that it needs no file of its own beside a bundle: the function must not use anything from outside.
 */
export function threadProgram<Scope>(serve: (scope: Scope, make: typeof createHash) => void): string {
  const program = `import { createHash } from "node:crypto";\n(${serve.toString()})(globalThis, createHash);`;
  return `data:application/javascript,${encodeURIComponent(program)}`;
}
