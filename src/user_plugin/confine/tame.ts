/**
 * Takes from a worker what its rights do not cover: the command line, the streams and the working folder of the process, other workers,
 * and code that is made of text, which could import what nobody looked at.
 *
 * @module
 */

/** The globals of a worker. */
export type Globals = Record<PropertyKey, unknown>;

/**
 * Tames the globals of a worker, for good. `say` takes what is written to the console. It runs as text: it must not use anything from
 * outside.
 */
export function tame(globals: Globals, say: (level: string, words: string) => void): void {
  /** What stays. */
  const kept = new Set(
    ("globalThis self undefined NaN Infinity Object Array String Number Boolean Symbol BigInt Math JSON Date RegExp Map Set WeakMap " +
      "WeakSet WeakRef FinalizationRegistry Promise Proxy Reflect Error AggregateError EvalError RangeError ReferenceError SyntaxError " +
      "TypeError URIError SuppressedError DisposableStack AsyncDisposableStack ArrayBuffer SharedArrayBuffer DataView Atomics Int8Array " +
      "Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array " +
      "Float32Array Float64Array Iterator Intl Temporal WebAssembly parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent " +
      "encodeURI encodeURIComponent escape unescape URL URLSearchParams URLPattern TextEncoder TextDecoder TextEncoderStream " +
      "TextDecoderStream atob btoa structuredClone queueMicrotask clearTimeout clearInterval AbortController AbortSignal Event " +
      "EventTarget CustomEvent ErrorEvent MessageEvent CloseEvent ProgressEvent PromiseRejectionEvent DOMException Blob File FormData " +
      "Headers Request Response fetch WebSocket EventSource ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader " +
      "ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableByteStreamController WritableStream WritableStreamDefaultWriter " +
      "WritableStreamDefaultController TransformStream TransformStreamDefaultController ByteLengthQueuingStrategy CountQueuingStrategy " +
      "CompressionStream DecompressionStream crypto Crypto CryptoKey SubtleCrypto performance Performance MessageChannel MessagePort " +
      "Buffer addEventListener removeEventListener dispatchEvent postMessage reportError onmessage onmessageerror onerror onunhandledrejection")
      .split(" "),
  );
  const fix = (holder: object, name: PropertyKey, value: unknown) =>
    Object.defineProperty(holder, name, { value, writable: false, configurable: false });
  const refuse = (what: string) => {
    throw new Error(`A confined plugin cannot ${what}`);
  };
  const runtime = globals.Deno as Record<string, unknown> & { inspect(value: unknown): string };
  const { argv } = globals.process as { argv: string[] };
  const timers = Object.entries({ setTimeout: globals.setTimeout, setInterval: globals.setInterval });
  const consoleNames = Object.keys(globals.console as object);
  argv.splice(0);

  // Names that are symbols mark the globals as those of a worker.
  for (const name of Object.getOwnPropertyNames(globals)) {
    if (!kept.has(name)) Reflect.deleteProperty(globals, name);
  }

  const compile = function () {
    refuse("make code of text");
  };
  compile.prototype = Object.getPrototypeOf(compile);
  fix(globals, "eval", compile);
  fix(globals, "Function", compile);
  const functions = [function () {}, async function () {}, function* () {}, async function* () {}];
  for (const holder of functions.map((one) => Object.getPrototypeOf(one))) {
    Object.defineProperty(holder, "constructor", {
      configurable: false,
      get: () => compile,
      set(value) {
        Object.defineProperty(this, "constructor", { value, writable: true, configurable: true });
      },
    });
  }
  // Timers would take a text for code.
  for (const [name, start] of timers) {
    fix(globals, name, (work: unknown, ...more: unknown[]) => {
      if (typeof work !== "function") return refuse("make code of text");
      return (start as (work: unknown, ...more: unknown[]) => unknown)(work, ...more);
    });
  }
  fix(globals, "close", () => refuse("end the program"));

  const words = (values: readonly unknown[]) =>
    values.map((value) => typeof value === "string" ? value : runtime.inspect(value)).join(" ");
  const levels: Readonly<Record<string, string>> = {
    debug: "debug",
    dir: "info",
    error: "error",
    info: "info",
    log: "info",
    table: "info",
    trace: "debug",
    warn: "warn",
  };
  fix(
    globals,
    "console",
    Object.fromEntries(consoleNames.map((name) => {
      const level = levels[name];
      return [name, (...values: unknown[]) => level === undefined ? undefined : say(level, words(values))];
    })),
  );

  const given =
    ("build version errors inspect readFile readFileSync readTextFile readTextFileSync readDir readDirSync stat statSync " +
      "lstat lstatSync realPath realPathSync connect connectTls").split(" ");
  const exit = () => refuse("end the program");
  const part = Object.fromEntries(given.map((name) => [name, runtime[name]]));
  fix(globals, "Deno", Object.freeze({ ...part, exit }));
  fix(globals, "process", Object.freeze({ argv: Object.freeze([]), env: Object.freeze({}), exit }));
}
