/**
 * What scripts outside the sandbox find besides: `io`, the rest of `os`, chunks from files. In a dry run nothing is written, removed
 * or started.
 *
 * @module
 */
import { type LuaFunction, type LuaLibrary, type LuaObject, LuaResults } from "../../../../src/mod.ts";
import type { Session } from "../session.ts";
import { inputFunctions, type NextPiece } from "./standard_input.ts";
import { attemptIo, fileClass, fileObject, ScriptFile } from "./file_class.ts";

/** Runs before a script: functions that compile what they read. `__files` and `__os` are taken away again. */
export const UNSAFE_PRELUDE = `
local read = __files.read
for name, f in pairs(__os) do os[name] = f end
__files, __os = nil, nil
function loadfile(name)
  local text, message = read(name)
  if not text then return nil, message end
  return loadstring(text:gsub("^#[^\\n]*", "", 1), "@" .. name)
end
function dofile(name)
  local chunk, message = loadfile(name)
  if not chunk then error(message, 2) end
  return chunk()
end
package.path, package.cpath, package.config = "./?.lua;./?/init.lua", "", "/\\n;\\n?\\n!\\n-"
package.loaded.io, package.loaded.os = io, os
function require(name)
  local loaded = package.loaded[name]
  if loaded ~= nil then return loaded end
  local chunk, tried = package.preload[name], ""
  for path in package.path:gmatch("[^;]+") do
    if chunk then break end
    local file = path:gsub("%?", (name:gsub("%.", "/")))
    local message
    if read(file) then
      chunk, message = loadfile(file)
      if not chunk then error(message, 2) end
    end
    tried = tried .. "\\n\\tno file '" .. file .. "'"
  end
  if not chunk then error("module '" .. name .. "' not found:" .. tried, 2) end
  local value = chunk(name)
  if value == nil then value = package.loaded[name] end
  if value == nil then value = true end
  package.loaded[name] = value
  return value
end
`;

const MODES: Readonly<Record<string, Deno.OpenOptions>> = {
  r: { read: true },
  "r+": { read: true, write: true },
  w: { write: true, create: true, truncate: true },
  "w+": { read: true, write: true, create: true, truncate: true },
  a: { append: true, create: true },
  "a+": { read: true, append: true, create: true },
};

/** The libraries, and what closes the files that a script left open. */
export function unsafeLibraries(
  session: Session,
  print: (bytes: Uint8Array) => void,
  standardInput?: NextPiece,
): { readonly globals: Readonly<Record<string, LuaLibrary>>; readonly close: () => void } {
  const opened = new Set<ScriptFile>();
  const kind = fileClass();
  const input = inputFunctions(standardInput);
  const tell = (message: string, fields: Record<string, unknown>) =>
    session.context.log.info(message, { script: session.script, ...fields, "dry-run": session.dryRun });
  const openFile = (name: string, mode: string): LuaObject | LuaResults => {
    const options = MODES[mode.replace("b", "")];
    if (options === undefined) return new LuaResults(null, `invalid mode "${mode}"`);
    const drops = session.dryRun && mode[0] !== "r";
    if (drops) tell("Write file", { file: name });
    const { read = false } = options;
    const file = fileObject(
      kind,
      drops ? undefined : Deno.openSync(name, session.dryRun ? { read: true } : { ...options, read }),
    );
    opened.add(file.value as ScriptFile);
    return file;
  };
  const shell = (command: string): Deno.Command => {
    const [program, flag] = Deno.build.os === "windows" ? ["cmd", "/c"] : ["/bin/sh", "-c"];
    return new Deno.Command(program, { args: [flag, command], stdin: "inherit", stdout: "piped", stderr: "inherit" });
  };
  const change = (name: string, run: (...paths: string[]) => void, count: number): LuaFunction => (call) => {
    const paths = Array.from({ length: count }, (_, at) => call.text(at + 1));
    tell(`${name} file`, { file: paths.join(" ") });
    if (session.dryRun) return true;
    return attemptIo(() => {
      run(...paths);
      return true;
    });
  };
  return {
    globals: {
      __files: {
        read: (call) => attemptIo(() => Deno.readFileSync(call.text(1))),
      },
      __os: {
        execute: async (call) => {
          if (call.count === 0) return 1;
          const command = call.text(1);
          tell("Run program", { command });
          if (session.dryRun) return 0;
          const { code, stdout } = await shell(command).output();
          print(stdout);
          return code;
        },
        remove: change("Remove", (path) => Deno.removeSync(path!), 1),
        rename: change("Rename", (from, to) => Deno.renameSync(from!, to!), 2),
        tmpname: () => Deno.makeTempFileSync({ prefix: "lua_" }),
      },
      io: {
        open: (call) => {
          const [name, mode] = [call.text(1), call.type(2) === "nil" ? "r" : call.text(2)];
          return attemptIo(() => openFile(name, mode));
        },
        read: input.read,
        lines: (call) => {
          if (call.type(1) === "nil") return input.nextLine;
          const name = call.text(1);
          const file = attemptIo(() => openFile(name, "r"));
          if (file instanceof LuaResults) return call.bad(1, String(file.values[1]));
          const lines = file.value as ScriptFile;
          return () => lines.ahead.line() ?? null;
        },
        write: (call) => {
          for (let at = 1; at <= call.count; at++) print(call.bytes(at));
          return true;
        },
        popen: async (call) => {
          const command = call.text(1);
          tell("Run program", { command });
          if (session.dryRun) return fileObject(kind, undefined);
          const { stdout } = await shell(command).output();
          const path = Deno.makeTempFileSync({ prefix: "lua_" });
          Deno.writeFileSync(path, stdout);
          const file = fileObject(kind, Deno.openSync(path, { read: true }));
          Deno.removeSync(path);
          opened.add(file.value as ScriptFile);
          return file;
        },
        type: (call) => {
          const file = call.object(1)?.value;
          return file instanceof ScriptFile ? (file.isOpen ? "file" : "closed file") : null;
        },
      },
    },
    close: () => {
      for (const file of opened) file.close();
    },
  };
}
