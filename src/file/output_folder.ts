/**
 * A folder that files from elsewhere are written into: whatever their names say, nothing is written outside of it.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { writeFile } from "./write_file.ts";

/** A folder that exists. Paths in it are cleaned ones: no `..`, no `.`, no slash at either end. */
export class OutputFolder {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /**
   * The folder at `path`, which may itself be reached through links.
   *
   * @throws {FerryError} ARGUMENT_INVALID where it is no folder
   */
  static async open(path: string): Promise<OutputFolder> {
    const there = await Deno.stat(path).catch(() => undefined);
    if (there?.isDirectory !== true) {
      throw new FerryError("ARGUMENT_INVALID", `Output "${path}" is not a folder`, { hint: "make the folder first" });
    }
    return new OutputFolder(await Deno.realPath(path));
  }

  /** Path of the folder, or of something in it. */
  path(inside = ""): string {
    return inside === "" ? this.#root : `${this.#root}/${inside}`;
  }

  /**
   * Makes a folder, with those above it.
   *
   * @throws {FerryError} POLICY where a link or a file is in the way, IO
   */
  async makeFolder(inside: string): Promise<void> {
    let path = "";
    for (const part of inside === "" ? [] : inside.split("/")) {
      path = path === "" ? part : `${path}/${part}`;
      const there = await Deno.lstat(this.path(path)).catch(() => undefined);
      if (there === undefined) await Deno.mkdir(this.path(path)).catch((cause) => Promise.reject(ioError(path, cause)));
      else if (!there.isDirectory) throw inTheWay(this.path(path));
    }
  }

  /**
   * Writes a file whole or not at all, in place of a file that is there.
   *
   * @throws {FerryError} POLICY where a link or a folder is in the way, IO, and what the content fails with
   */
  async writeFile(inside: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    await this.#ready(inside);
    await writeFile(this.path(inside), content);
  }

  /**
   * Makes a symbolic link that leads to something in the folder.
   *
   * @throws {FerryError} POLICY where it would lead out, or something is in the way
   */
  async makeLink(inside: string, target: string): Promise<void> {
    const from = inside.split("/").slice(0, -1);
    for (const part of target.startsWith("/") ? [".."].concat(from.map(() => "..")) : target.split("/")) {
      if (part === "..") {
        if (from.length === 0) {
          throw new FerryError("POLICY", `Link "${inside}" leads outside the output folder: "${target}"`);
        }
        from.pop();
      } else if (part !== "." && part !== "") from.push(part);
    }
    await this.#ready(inside);
    await Deno.remove(this.path(inside)).catch(() => {});
    await Deno.symlink(target, this.path(inside)).catch((cause) => Promise.reject(ioError(inside, cause)));
  }

  /**
   * Gives a file of the folder a second name.
   *
   * @throws {FerryError} POLICY, NOT_FOUND
   */
  async makeSecondName(inside: string, target: string): Promise<void> {
    await this.#ready(target);
    await this.#ready(inside);
    const there = await Deno.lstat(this.path(target)).catch(() => undefined);
    if (there === undefined) {
      throw new FerryError("NOT_FOUND", `Link "${inside}" names "${target}", which is not there`);
    }
    if (target === inside) return;
    await Deno.remove(this.path(inside)).catch(() => {});
    await Deno.link(this.path(target), this.path(inside)).catch((cause) => Promise.reject(ioError(inside, cause)));
  }

  async #ready(inside: string): Promise<void> {
    await this.makeFolder(inside.split("/").slice(0, -1).join("/"));
    const there = await Deno.lstat(this.path(inside)).catch(() => undefined);
    if (there !== undefined && !there.isFile) throw inTheWay(this.path(inside));
  }
}

function inTheWay(path: string): FerryError {
  return new FerryError("POLICY", `Could not write "${path}": a link, folder or file is in the way`, {
    hint: "write into an empty folder",
  });
}

function ioError(path: string, cause: unknown): FerryError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new FerryError("IO", `Could not write "${path}": ${words}`, { cause });
}
