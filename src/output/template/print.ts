/**
 * Any value by one verb (Go, package fmt, "Printing").
 *
 * @module
 */
import type { Budget } from "./budget.ts";
import { fromBytes } from "./bytes.ts";
import {
  type Flags,
  formatCharacter,
  formatHex,
  formatInteger,
  formatNumber,
  formatQuoted,
  formatQuotedCharacter,
  formatString,
  formatUnicode,
  noFlags,
  pad,
} from "./format.ts";
import { fromHost, GoComplex, GoInt, type GoMap, GoStrings, GoValue, itemAt, itemsOf, typeName } from "./value.ts";

const INTEGER_BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
/** Exact digits of very small and very large numbers come from integers of a thousand bits. */
const EXACT_COST = 20_000;
const TEXT_VERBS = "vsxXq";

/** Prints values by verbs; one for each format. */
export class Printer {
  /** Flags of the verb at hand. */
  flags: Flags = noFlags();
  readonly #budget: Budget;
  /** Inside a message about a bad verb String methods are not called. */
  #erroring = false;

  /** Takes steps from the budget. */
  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** The value by the verb. */
  print(value: unknown, verb: string): string {
    if (value === null || value === undefined) {
      return verb === "T" || verb === "v" ? pad("<nil>", this.flags) : this.#badVerb(value, verb);
    }
    if (verb === "T") return formatString(typeName(value), this.flags);
    if (verb === "p" || verb === "w") return this.#badVerb(value, verb);
    return this.#value(value, verb);
  }

  #value(value: unknown, verb: string): string {
    this.#budget.step();
    switch (typeof value) {
      case "boolean":
        return verb === "t" || verb === "v" ? pad(String(value), this.flags) : this.#badVerb(value, verb);
      case "bigint":
        return this.#integer(value, true, value, verb);
      case "number":
        return this.#float(value, value, verb);
      case "string":
        return this.#string(value, value, verb);
    }
    if (value === null || value === undefined) {
      if (this.flags.sharpV) return "interface {}(nil)";
      return "<nil>";
    }
    if (value instanceof GoInt) {
      if (value.text !== undefined && this.#callsText(verb)) return this.#string(value.text, value, verb);
      return this.#integer(value.value, value.signed, value, verb);
    }
    if (value instanceof GoComplex) return this.#complex(value, verb);
    if (value instanceof GoValue) return this.#struct(value, verb);
    if (value instanceof Uint8Array) return this.#bytes(value, verb);
    if (Array.isArray(value) || value instanceof GoStrings) return this.#list(value, verb);
    return this.#map(value as GoMap, verb);
  }

  #callsText(verb: string): boolean {
    return !this.#erroring && !this.flags.sharpV && TEXT_VERBS.includes(verb);
  }

  #badVerb(value: unknown, verb: string): string {
    if (value === null || value === undefined) return `%!${verb}(<nil>)`;
    const erroring = this.#erroring;
    this.#erroring = true;
    const text = `%!${verb}(${typeName(value)}=${this.#value(value, "v")})`;
    this.#erroring = erroring;
    return text;
  }

  #integer(value: bigint, signed: boolean, original: unknown, verb: string): string {
    if (verb === "v" && this.flags.sharpV && !signed) return this.#sharpHex(value);
    const base = INTEGER_BASES[verb];
    if (base !== undefined) return formatInteger(value, base, verb, this.flags);
    if (verb === "c") return formatCharacter(value, this.flags);
    if (verb === "q") return formatQuotedCharacter(value, this.flags);
    return verb === "U" ? formatUnicode(value, this.flags) : this.#badVerb(original, verb);
  }

  #sharpHex(value: bigint): string {
    return formatInteger(value, 16, "v", { ...this.flags, sharp: true });
  }

  #float(value: number, original: unknown, verb: string): string {
    const size = Math.abs(value);
    if (this.flags.precision !== undefined && (size < 1e-50 || size > 1e50)) this.#budget.characters(EXACT_COST);
    switch (verb) {
      case "v":
        return formatNumber(value, "g", -1, this.flags);
      case "b":
      case "g":
      case "G":
      case "x":
      case "X":
        return formatNumber(value, verb, -1, this.flags);
      case "f":
      case "e":
      case "E":
      case "F":
        return formatNumber(value, verb === "F" ? "f" : verb, 6, this.flags);
    }
    return this.#badVerb(original, verb);
  }

  #complex(value: GoComplex, verb: string): string {
    if (!"vbgGxXfFeE".includes(verb)) return this.#badVerb(value, verb);
    const real = this.#float(value.real, value, verb);
    const flags = this.flags;
    this.flags = { ...flags, plus: true };
    const imaginary = this.#float(value.imaginary, value, verb);
    this.flags = flags;
    return `(${real}${imaginary}i)`;
  }

  #string(text: string, original: unknown, verb: string): string {
    this.#budget.characters(text.length);
    switch (verb) {
      case "v":
        return this.flags.sharpV ? formatQuoted(text, this.flags) : formatString(text, this.flags);
      case "s":
        return formatString(text, this.flags);
      case "x":
      case "X":
        return formatHex(text, verb === "X", this.flags);
      case "q":
        return formatQuoted(text, this.flags);
    }
    return this.#badVerb(original, verb);
  }

  #struct(value: GoValue, verb: string): string {
    const text = this.#callsText(verb) ? value.text() : undefined;
    if (text !== undefined) return this.#string(text, value, verb);
    const source = this.flags.sharpV ? value.source() : undefined;
    if (source !== undefined) return formatString(source, this.flags);
    const fields = value.fields();
    const named = this.flags.plusV || this.flags.sharpV;
    const parts = Object.keys(fields).map((name) =>
      (named ? `${name}:` : "") + this.#value(fromHost(fields[name]), verb)
    );
    return `${this.flags.sharpV ? value.type : ""}{${this.#join(parts)}}`;
  }

  #bytes(value: Uint8Array, verb: string): string {
    this.#budget.characters(value.length);
    switch (verb) {
      case "v":
      case "d": {
        const sharp = this.flags.sharpV;
        const parts = Array.from(
          value,
          (byte) => sharp ? this.#sharpHex(BigInt(byte)) : formatInteger(BigInt(byte), 10, verb, this.flags),
        );
        return sharp ? `[]byte{${parts.join(", ")}}` : `[${parts.join(" ")}]`;
      }
      case "s":
        return formatString(fromBytes(value), this.flags);
      case "x":
      case "X":
        return formatHex(value, verb === "X", this.flags);
      case "q":
        return formatQuoted(fromBytes(value), this.flags);
    }
    return this.#list(value, verb);
  }

  #list(value: unknown, verb: string): string {
    const parts: string[] = [];
    for (let at = 0, length = itemsOf(value)!.length; at < length; at++) {
      parts.push(this.#value(itemAt(value, at), verb));
    }
    return this.flags.sharpV ? `${typeName(value)}{${this.#join(parts)}}` : `[${this.#join(parts)}]`;
  }

  #map(value: GoMap, verb: string): string {
    const parts = this.#budget.keys(value).map((key) =>
      `${this.#string(key, key, verb)}:${this.#value(fromHost(value[key]), verb)}`
    );
    return this.flags.sharpV ? `map[string]interface {}{${this.#join(parts)}}` : `map[${this.#join(parts)}]`;
  }

  #join(parts: readonly string[]): string {
    let length = 0;
    for (const part of parts) length += part.length;
    this.#budget.characters(length);
    return parts.join(this.flags.sharpV ? ", " : " ");
  }
}
