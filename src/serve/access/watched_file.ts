/**
 * A file that is read again when it has changed. One that cannot be read, or is not valid, leaves what was read before in force.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";

/** Milliseconds between two looks at the file. */
const LOOK_MS = 1000;

/** The value that a file holds. */
export class WatchedFile<T> {
  #value: T;
  #mark: string;
  #looked: number;

  private constructor(
    private readonly path: string,
    private readonly parse: (text: string) => T,
    private readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void,
    value: T,
    mark: string,
  ) {
    this.#value = value;
    this.#mark = mark;
    this.#looked = performance.now();
  }

  /**
   * Reads the file for the first time.
   *
   * @throws {FerryError} IO, and what `parse` throws
   */
  static async open<T>(
    path: string,
    parse: (text: string) => T,
    warn: (message: string, fields: Readonly<Record<string, unknown>>) => void,
  ): Promise<WatchedFile<T>> {
    try {
      const mark = markOf(path);
      return new WatchedFile(path, parse, warn, parse(await Deno.readTextFile(path)), mark);
    } catch (cause) {
      if (cause instanceof FerryError) throw cause;
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new FerryError("IO", `Could not read "${path}": ${words}`, { cause, hint: "check the path" });
    }
  }

  /** The value now. */
  get(): T {
    const now = performance.now();
    if (now - this.#looked < LOOK_MS) return this.#value;
    this.#looked = now;
    try {
      const mark = markOf(this.path);
      if (mark === this.#mark) return this.#value;
      this.#value = this.parse(Deno.readTextFileSync(this.path));
      this.#mark = mark;
    } catch (error) {
      this.warn("A file could not be read again, what it said before holds", {
        file: this.path,
        error: error instanceof Error ? error.message : String(error),
      });
    }
    return this.#value;
  }
}

function markOf(path: string): string {
  const { ino, mtime, size } = Deno.statSync(path);
  return `${ino} ${mtime?.getTime()} ${size}`;
}
