/**
 * What the Lua module is given: memory up to a limit, jumps out of C, the time. Files, processes and the environment are not
 * there, whatever a script does.
 *
 * @module
 */
import type { LuaExports } from "./exports.ts";

/** A jump out of C functions, `longjmp`; the module's own code catches it. */
const LONG_JUMP = Infinity;
/** `ENOSYS` */
const NOT_THERE = 52;
const PAGE = 65_536;

/** What the module asks for; `exports` gives what it exports, once it runs. */
export function luaImports(exports: () => LuaExports, memoryLimit: number): WebAssembly.Imports {
  const refuse = () => -NOT_THERE;
  const never = (name: string) => () => {
    throw new Error(`Lua called ${name}`);
  };
  return {
    env: {
      abort: never("abort"),
      exit: never("exit"),
      system: () => 0,
      emscripten_date_now: () => Date.now(),
      _emscripten_get_now_is_monotonic: () => 1,
      emscripten_resize_heap: (size: number) => grow(exports().memory, size >>> 0, memoryLimit),
      _emscripten_throw_longjmp: () => {
        throw LONG_JUMP;
      },
      invoke_vii: (index: number, a: number, b: number) => {
        const { __indirect_function_table: table, setThrew, stackRestore, stackSave } = exports();
        const stack = stackSave();
        try {
          (table.get(index) as (a: number, b: number) => void)(a, b);
        } catch (error) {
          stackRestore(stack);
          if (error !== LONG_JUMP) throw error;
          setThrew(1, 0);
        }
      },
      strftime: never("strftime"),
      _mktime_js: never("mktime"),
      _localtime_js: never("localtime"),
      _gmtime_js: never("gmtime"),
      _tzset_js: () => {},
      __syscall_openat: refuse,
      __syscall_fcntl64: refuse,
      __syscall_ioctl: refuse,
      __syscall_dup3: refuse,
      __syscall_unlinkat: refuse,
      __syscall_rmdir: refuse,
      __syscall_renameat: refuse,
      __syscall_readlinkat: refuse,
    },
    wasi_snapshot_preview1: {
      fd_write: () => NOT_THERE,
      fd_read: () => NOT_THERE,
      fd_close: () => NOT_THERE,
      fd_seek: () => NOT_THERE,
      environ_sizes_get: () => NOT_THERE,
      environ_get: () => NOT_THERE,
    },
  };
}

/** Gives the module more memory, with some to spare; beyond the limit none. */
function grow(memory: WebAssembly.Memory, size: number, limit: number): number {
  const now = memory.buffer.byteLength;
  if (size > limit) return 0;
  const wanted = Math.min(limit, Math.max(size, Math.ceil(now * 1.25)));
  try {
    memory.grow(Math.ceil((wanted - now) / PAGE));
    return 1;
  } catch {
    return 0;
  }
}
