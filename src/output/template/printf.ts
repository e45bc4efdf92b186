/**
 * printf, print and println (Go, package fmt).
 *
 * @module
 */
import { type Budget, MAX_OUTPUT } from "./budget.ts";
import { noFlags } from "./format.ts";
import { Printer } from "./print.ts";
import { integerOf, isInteger, typeName } from "./value.ts";

/** Widths and precisions beyond it count as none. */
const MAX_WIDTH = 1_000_000;

/** Text of the arguments by the format's verbs. */
export function sprintf(budget: Budget, format: string, args: readonly unknown[]): string {
  return new Formatter(budget, format, args).run();
}

/** Text of the arguments, with a blank between two that are no strings. */
export function sprint(budget: Budget, args: readonly unknown[]): string {
  const printer = new Printer(budget);
  let out = "";
  for (const [at, value] of args.entries()) {
    if (at > 0 && typeof value !== "string" && typeof args[at - 1] !== "string") out += " ";
    out += printer.print(value, "v");
    budget.characters(out.length);
  }
  return out;
}

/** Text of the arguments with a blank between any two, and a line end. */
export function sprintln(budget: Budget, args: readonly unknown[]): string {
  const printer = new Printer(budget);
  return `${args.map((value) => printer.print(value, "v")).join(" ")}\n`;
}

class Formatter {
  readonly #budget: Budget;
  readonly #format: string;
  readonly #args: readonly unknown[];
  readonly #printer: Printer;
  #out = "";
  #at = 0;
  /** Index of the next argument. */
  #next = 0;
  #reordered = false;
  #goodIndex = true;
  /** The last thing read was an index such as `[3]`. */
  #afterIndex = false;

  constructor(budget: Budget, format: string, args: readonly unknown[]) {
    this.#budget = budget;
    this.#format = format;
    this.#args = args;
    this.#printer = new Printer(budget);
  }

  run(): string {
    const format = this.#format;
    while (this.#at < format.length) {
      this.#goodIndex = true;
      const percent = format.indexOf("%", this.#at);
      this.#write(percent < 0 ? format.slice(this.#at) : format.slice(this.#at, percent));
      if (percent < 0) break;
      this.#at = percent + 1;
      if (!this.#verb()) break;
    }
    if (!this.#reordered && this.#next < this.#args.length) this.#extra();
    return this.#out;
  }

  #write(text: string): void {
    this.#out += text;
    if (this.#out.length > MAX_OUTPUT) this.#budget.characters(this.#out.length);
  }

  /** One verb with what stands before it. False where the format ends without one. */
  #verb(): boolean {
    const flags = noFlags();
    this.#printer.flags = flags;
    this.#afterIndex = false;
    for (; this.#at < this.#format.length; this.#at++) {
      const character = this.#format[this.#at];
      if (character === "#") flags.sharp = true;
      else if (character === "0") flags.zero = true;
      else if (character === "+") flags.plus = true;
      else if (character === "-") flags.minus = true;
      else if (character === " ") flags.space = true;
      else break;
    }
    this.#argumentIndex();
    this.#width();
    this.#precision();
    if (!this.#afterIndex) this.#argumentIndex();
    const code = this.#format.codePointAt(this.#at);
    if (code === undefined) {
      this.#write("%!(NOVERB)");
      return false;
    }
    const verb = String.fromCodePoint(code);
    this.#at += verb.length;
    if (verb === "%") this.#write("%");
    else if (!this.#goodIndex) this.#write(`%!${verb}(BADINDEX)`);
    else if (this.#next >= this.#args.length) this.#write(`%!${verb}(MISSING)`);
    else {
      if (verb === "v" || verb === "w") {
        [flags.sharpV, flags.sharp] = [flags.sharp, false];
        [flags.plusV, flags.plus] = [flags.plus, false];
      }
      this.#write(this.#printer.print(this.#args[this.#next++], verb));
    }
    return true;
  }

  #width(): void {
    const flags = this.#printer.flags;
    if (this.#format[this.#at] === "*") {
      this.#at++;
      flags.width = this.#integerArgument();
      if (flags.width === undefined) this.#write("%!(BADWIDTH)");
      else if (flags.width < 0) {
        flags.width = -flags.width;
        flags.minus = true;
        flags.zero = false;
      }
      this.#afterIndex = false;
      return;
    }
    flags.width = this.#digits();
    if (this.#afterIndex && flags.width !== undefined) this.#goodIndex = false;
  }

  #precision(): void {
    const flags = this.#printer.flags;
    if (this.#format[this.#at] !== "." || this.#at + 1 >= this.#format.length) return;
    this.#at++;
    if (this.#afterIndex) this.#goodIndex = false;
    this.#argumentIndex();
    if (this.#format[this.#at] === "*") {
      this.#at++;
      const precision = this.#integerArgument();
      flags.precision = precision === undefined || precision < 0 ? undefined : precision;
      if (flags.precision === undefined) this.#write("%!(BADPREC)");
      this.#afterIndex = false;
      return;
    }
    flags.precision = this.#digits() ?? 0;
  }

  /** Digits as a number; too large a number swallows the rest of the format, as in Go. */
  #digits(): number | undefined {
    const digits = /[0-9]*/y;
    digits.lastIndex = this.#at;
    const text = digits.exec(this.#format)![0];
    if (text === "") return undefined;
    let value = 0;
    for (const digit of text) {
      if (value > MAX_WIDTH) {
        this.#at = this.#format.length;
        return undefined;
      }
      value = value * 10 + Number(digit);
    }
    this.#at += text.length;
    return value;
  }

  #integerArgument(): number | undefined {
    if (this.#next >= this.#args.length) return undefined;
    const value = this.#args[this.#next++];
    if (!isInteger(value)) return undefined;
    const number = integerOf(value);
    return number > BigInt(MAX_WIDTH) || number < -BigInt(MAX_WIDTH) ? undefined : Number(number);
  }

  /** An index such as `[3]`: the next argument is the third. */
  #argumentIndex(): void {
    if (this.#format[this.#at] !== "[") {
      this.#afterIndex = false;
      return;
    }
    this.#reordered = true;
    const close = this.#format.indexOf("]", this.#at);
    if (close < 0 || this.#format.length - this.#at < 3) {
      this.#goodIndex = false;
      this.#afterIndex = false;
      this.#at++;
      return;
    }
    const text = this.#format.slice(this.#at + 1, close);
    const index = /^[0-9]{1,7}$/.test(text) ? Number(text) - 1 : undefined;
    this.#at = close + 1;
    if (index !== undefined && index >= 0 && index < this.#args.length) {
      this.#next = index;
      this.#afterIndex = true;
    } else {
      this.#goodIndex = false;
      this.#afterIndex = index !== undefined;
    }
  }

  #extra(): void {
    this.#printer.flags = noFlags();
    const parts = this.#args.slice(this.#next).map((value) =>
      value === null || value === undefined ? "<nil>" : `${typeName(value)}=${this.#printer.print(value, "v")}`
    );
    this.#write(`%!(EXTRA ${parts.join(", ")})`);
  }
}
