/** The bundler that the build of this project uses, as a program on a PATH. */
import { dirname, join } from "node:path";

const OS: Readonly<Record<string, string>> = { windows: "win32" };
const ARCH: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };

/** The folder of its program; undefined where it was not fetched for this machine. */
export async function esbuildFolder(): Promise<string | undefined> {
  const version = /esbuild@([\d.]+)/.exec(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)))?.[1];
  const { os, arch } = Deno.build;
  const own = `${OS[os] ?? os}-${ARCH[arch] ?? arch}`;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  try {
    for (const { name } of Deno.readDirSync(npmCache)) {
      const folder = join(npmCache, name, "@esbuild", own, version!);
      for (const file of [join(folder, "bin", "esbuild"), join(folder, "esbuild.exe")]) {
        if (await Deno.stat(file).then(({ isFile }) => isFile, () => false)) return dirname(file);
      }
    }
  } catch {
    return undefined; // There is no such folder.
  }
  return undefined;
}
