/**
 * What texts must be besides texts. What a format needs is loaded when a file has such a text.
 *
 * @module
 */
import { isFerryError } from "../errors.ts";
import type { GoFunction } from "../output/template/value.ts";
import type { TextFormat } from "./shape.ts";

/** What is wrong with a text, or undefined. */
export type FormatCheck = (text: string) => FormatMistake | undefined;

/** A mistake in a text. */
export interface FormatMistake {
  /** What is wrong; sentence case, no full stop. */
  readonly message: string;
  /** How to fix it. */
  readonly hint?: string;
  /** A warning leaves the text in use. */
  readonly severity?: "error" | "warning";
}

/** What texts are checked with. */
export interface FormatOptions {
  /** Functions that templates may use besides those that there are, by name. */
  readonly functions?: Readonly<Record<string, GoFunction>>;
}

/** Checks of formats, each behind its loader. */
export const FORMATS: Readonly<Record<TextFormat, (options: FormatOptions) => Promise<FormatCheck>>> = {
  async regexp() {
    const { hasOpenAlternative, loadExpressions } = await import("../filter/regexp.ts");
    const compile = await loadExpressions("CONFIG_INVALID");
    return (text) =>
      mistakeOf(() => compile(text)) ?? (hasOpenAlternative(text)
        ? {
          message: `Expression "${text}" is matched as a whole, as "^(${text})$"`,
          hint: `regsync reads it as "^${text}$"; put brackets around it to have the same everywhere`,
          severity: "warning",
        }
        : undefined);
  },
  async range() {
    const { createRange } = await import("../filter/version_range.ts");
    // An empty one is passed over, as regsync does.
    return (text) => text === "" ? undefined : mistakeOf(() => createRange(text));
  },
  async schedule() {
    const { parseSchedule } = await import("../schedule/parse.ts");
    return (text) => text === "" ? undefined : mistakeOf(() => parseSchedule(text));
  },
  async template({ functions = {} }) {
    const { compileTemplate } = await import("../output/template/template.ts");
    return (text) => text.includes("{{") ? mistakeOf(() => compileTemplate(text, { functions })) : undefined;
  },
  async platform() {
    const { parsePlatform } = await import("../oci/platform.ts");
    const local = { os: "linux", architecture: "amd64" };
    return (text) => text === "" ? undefined : mistakeOf(() => parsePlatform(text, local));
  },
  name: () =>
    Promise.resolve((text) =>
      /^[A-Za-z0-9][A-Za-z0-9 _./:-]*$/.test(text)
        ? undefined
        : { message: `Name "${text}" is not valid`, hint: "use letters, digits, spaces and _ . / : -" }
    ),
};

/** The mistake that a parser throws. */
export function mistakeOf(parse: () => unknown): FormatMistake | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (!isFerryError(error)) throw error;
    return { message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}
