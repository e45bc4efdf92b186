/**
 * What who gives functions to scripts works with: values, objects, functions and their arguments.
 *
 * @module
 */

/**
 * A value on its way to a script. Whole numbers become integers, bytes and texts strings, lists tables from 1 on, records and maps
 * tables; undefined and null become nil.
 */
export type LuaValue =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | LuaObject
  | LuaCallable
  | LuaLazy
  | LuaFunction
  | readonly LuaValue[]
  | ReadonlyMap<string | number, LuaValue>
  | { readonly [name: string]: LuaValue };

/** A value that is made when it is needed; most fields of an object never are. */
export class LuaLazy {
  #make: (() => LuaValue) | undefined;
  #value: LuaValue;

  /** `make` is called once, or never. */
  constructor(make: () => LuaValue) {
    this.#make = make;
  }

  /** The value. */
  get value(): LuaValue {
    if (this.#make !== undefined) this.#value = this.#make();
    this.#make = undefined;
    return this.#value;
  }
}

/** Several values that a function returns. */
export class LuaResults {
  /** The values, first first. */
  readonly values: readonly LuaValue[];

  /** The values, first first. */
  constructor(...values: LuaValue[]) {
    this.values = values;
  }
}

/** What a function gives: one value, several, or none. */
export type LuaReturn = LuaValue | LuaResults | void;

/** A function for scripts. One that has to wait is an `async` function: the script stands still until it is done. */
export type LuaFunction = (call: LuaCall) => LuaReturn | Promise<LuaReturn>;

/** Functions and values under a global name: `tag.ls`. */
export type LuaLibrary = Readonly<Record<string, LuaValue>>;

/** A kind of object that scripts hold: userdata with methods. */
export interface LuaClass {
  /** Name of the kind; what `getmetatable` shows. */
  readonly name: string;
  /** Methods, `object:method(...)`: the object is argument 1. */
  readonly methods: Readonly<Record<string, LuaFunction>>;
  /** Text of an object, for `tostring`. */
  readonly text?: LuaFunction;
}

/** An object for scripts. */
export class LuaObject {
  /** Its kind. */
  readonly kind: LuaClass;
  /** What it stands for. */
  readonly value: unknown;
  /**
   * Fields that a script reads; tables in them may be changed by it, and `LuaCall.fields` shows what became of them. A field becomes
   * a value of Lua when it is read.
   */
  readonly fields: LuaTableSource | undefined;

  /** An object of a kind that stands for a value. */
  constructor(kind: LuaClass, value: unknown, fields?: LuaTableSource) {
    this.kind = kind;
    this.value = value;
    this.fields = fields;
  }
}

/** A table that is a function as well. */
export class LuaCallable {
  /** What it holds. */
  readonly entries: LuaTableSource;
  /** What a call of it does; argument 1 is the table. */
  readonly call: LuaFunction;

  /** A table and a function. */
  constructor(entries: LuaTableSource, call: LuaFunction) {
    this.entries = entries;
    this.call = call;
  }
}

/** What a table is made from. Where one list or record stands under two names, both names get the same table. */
export type LuaTableSource = ReadonlyMap<string | number, LuaValue> | { readonly [name: string]: LuaValue };

/** What a script's table held when it was read. Strings are texts; bytes that are none became U+FFFD. */
export class LuaTable {
  /** Values by key. */
  readonly entries: ReadonlyMap<string | number | boolean, LuaRead>;

  /** Values by key. */
  constructor(entries: ReadonlyMap<string | number | boolean, LuaRead>) {
    this.entries = entries;
  }

  /** Value of a key. */
  get(key: string | number): LuaRead {
    return this.entries.get(key);
  }

  /** Values from 1 to the first that is missing. */
  list(): LuaRead[] {
    const values: LuaRead[] = [];
    for (let at = 1; this.entries.has(at); at++) values.push(this.entries.get(at));
    return values;
  }
}

/** A value that came from a script; functions and coroutines are undefined. */
export type LuaRead = undefined | boolean | number | string | LuaObject | LuaTable;

/** One call of a function by a script: its arguments, counted from 1. They have to be read before anything is waited for. */
export interface LuaCall {
  /** How many there are. */
  readonly count: number;
  /** Stops the work: the script ran out of time, or is to end. */
  readonly signal: AbortSignal;
  /** Type of an argument, `nil` where there is none. */
  type(at: number): string;
  /** A string, or a number as one; fails the call when it is neither. */
  text(at: number): string;
  /** A string's bytes. */
  bytes(at: number): Uint8Array<ArrayBuffer>;
  /** A number, or a string that is one. */
  number(at: number): number;
  /** A number without its fraction. */
  integer(at: number): number;
  /** False for nil and false. */
  truth(at: number): boolean;
  /** An object, undefined where the argument is something else. */
  object(at: number): LuaObject | undefined;
  /** A table's content. */
  table(at: number): LuaTable;
  /** Any value. */
  value(at: number): LuaRead;
  /** What became of an object's fields. */
  fields(at: number): LuaTable;
  /** Fails the call: `bad argument #1 to 'ls' (reference expected)`. */
  bad(at: number, message: string): never;
}

/** What fails a call with a message for the script; it may catch it with `pcall`. */
export class LuaError extends Error {
  /** Name of the class. */
  override readonly name = "LuaError";
}

/** What ends a script that cannot catch it: it ran out of time, or was stopped. */
export class LuaStopped extends Error {
  /** Name of the class. */
  override readonly name = "LuaStopped";
  /** Why: its time was over, or it was told to. */
  readonly reason: "timeout" | "signal";

  /** A message and the reason. */
  constructor(message: string, reason: "timeout" | "signal", cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** A script ended itself with `os.exit`; it cannot catch that. */
export class LuaExit extends Error {
  /** Name of the class. */
  override readonly name = "LuaExit";
  /** Code, 0 where all is well. */
  readonly code: number;

  /** A code. */
  constructor(code: number) {
    super(`os.exit(${code})`);
    this.code = code;
  }
}
