/**
 * What is in the images: `scratch` has what the program needs to run and nothing else, `debian` a shell and credential helpers as well.
 *
 * @module
 */
import { join } from "node:path";
import { debianComponent, type DebianPackage, type DebianRoot, fileIn, statusText } from "./debian.ts";
import { needsOf } from "./elf.ts";
import type { Component } from "../release/component.ts";
import { copyOf, folder, linkTo, text, type Tree } from "./tree.ts";

/** User and group of the images. */
export const USER = 65532;

/** Packages whose files the program needs. */
export const RUNTIME_PACKAGES: readonly string[] = ["libc6", "libgcc-s1", "ca-certificates"];

/** Packages that `debian` has besides. */
export const SHELL_PACKAGES: readonly string[] = ["busybox-static", "amazon-ecr-credential-helper"];

/** Other names of the program. */
const DIALECTS = ["regctl", "regsync", "regbot"];

/** Debian's name for the folder of an architecture's libraries. */
const LIBRARY_FOLDER: Readonly<Record<string, string>> = { amd64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };

/** Names that busybox is called by. */
const APPLETS =
  ("[ ar ash awk base64 basename bunzip2 bzip2 cat chgrp chmod chown clear cmp comm cp cut date dd df diff dirname du echo " +
    "egrep env expand expr false fgrep find fold getopt grep gunzip gzip head hexdump hostname id install ip kill killall " +
    "less ln ls lzma md5sum mkdir mkfifo mknod mktemp more mv nc nl nohup nproc od paste patch pgrep pidof ping pkill " +
    "printenv printf ps pwd readlink realpath rm rmdir sed seq sh sha1sum sha256sum sha512sum shuf sleep sort split stat " +
    "strings stty sync tac tail tar tee test time timeout top touch tr true truncate tty uname uniq unxz unzip uptime " +
    "usleep vi watch wc wget which whoami xargs xz xzcat yes zcat").split(" ");

/** Part of an image, and what it was made of. */
export interface Part {
  /** Files. */
  readonly tree: Tree;
  /** Packages that they are from. */
  readonly components: readonly Component[];
}

/** What every image has beside the program: loader, libraries, authorities, users. */
export function basePart(root: DebianRoot, architecture: string, program: string): Part {
  const libraries = libraryTree(root, architecture, program);
  const packages = RUNTIME_PACKAGES.map((name) => packageOf(root, name));
  return {
    tree: {
      ...libraries,
      ...statusTree(packages),
      "etc/ssl/certs/ca-certificates.crt": text(authorities(root)),
      "etc/passwd": text(
        `root:x:0:0:root:/root:/sbin/nologin\nferry:x:${USER}:${USER}:ferry:/home/ferry:/sbin/nologin\n`,
      ),
      "etc/group": text(`root:x:0:\nferry:x:${USER}:\n`),
      "etc/nsswitch.conf": text("hosts: files dns\n"),
      "home/ferry": folder(0o755, USER),
    },
    components: packages.map(debianComponent),
  };
}

/** A shell with the usual small programs, and credential helpers. */
export function shellPart(root: DebianRoot): Part {
  const packages = SHELL_PACKAGES.map((name) => packageOf(root, name));
  const file = (folder: string, name: string) => {
    const found = fileIn(root, [folder], name);
    if (found === undefined) throw new Error(`"${join("/", folder, name)}" is in none of the packages`);
    return copyOf(found, 0o755);
  };
  return {
    tree: {
      ...statusTree(packages),
      "bin/busybox": file("bin", "busybox"),
      ...Object.fromEntries(APPLETS.map((name) => [`bin/${name}`, linkTo("busybox")])),
      "usr/bin/docker-credential-ecr-login": file("usr/bin", "docker-credential-ecr-login"),
      "etc/os-release": text('PRETTY_NAME="Debian GNU/Linux 12 (parts)"\nID=debian\nVERSION_ID="12"\n'),
      "tmp": folder(0o1777),
    },
    components: packages.map(debianComponent),
  };
}

/** The program under all its names, and the licenses of what is in it. */
export function programPart(program: string, notices: string): Tree {
  return {
    "usr/bin/ferry": copyOf(program, 0o755),
    ...Object.fromEntries(DIALECTS.map((name) => [`usr/bin/${name}`, linkTo("ferry")])),
    "usr/share/doc/ferry/THIRD_PARTY_NOTICES.txt": text(notices),
  };
}

/** Loader and libraries of a program, and of those libraries. */
function libraryTree(root: DebianRoot, architecture: string, program: string): Tree {
  const home = LIBRARY_FOLDER[architecture];
  if (home === undefined) throw new Error(`Libraries for ${architecture} are not known`);
  const folders = [`lib/${home}`, `usr/lib/${home}`, "lib64", "lib"];
  const found = (name: string) => {
    const path = fileIn(root, folders, name);
    if (path === undefined) throw new Error(`Library ${name} for ${architecture} is not there`);
    return path;
  };
  const { loader, libraries } = needsOf(program);
  const tree: Record<string, ReturnType<typeof copyOf>> = {};
  const queue = [...libraries];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (tree[`lib/${home}/${name}`] !== undefined || loader?.endsWith(`/${name}`)) continue;
    const path = found(name);
    tree[`lib/${home}/${name}`] = copyOf(path);
    queue.push(...needsOf(path).libraries);
  }
  if (loader !== undefined) tree[loader.slice(1)] = copyOf(found(loader.slice(loader.lastIndexOf("/") + 1)), 0o755);
  return tree;
}

/** The authorities of the package alone: what the owner of this machine trusts besides stays here. */
function authorities(root: DebianRoot): string {
  const place = join(root.path, "usr/share/ca-certificates/mozilla");
  const names = [...Deno.readDirSync(place)].map(({ name }) => name).filter((name) => name.endsWith(".crt")).sort();
  return names.map((name) => `${Deno.readTextFileSync(join(place, name)).trim()}\n`).join("");
}

function statusTree(packages: readonly DebianPackage[]): Tree {
  return Object.fromEntries(packages.map((one) => [`var/lib/dpkg/status.d/${one.name}`, text(statusText(one))]));
}

function packageOf(root: DebianRoot, name: string): DebianPackage {
  const found = root.packages.get(name);
  if (found === undefined) throw new Error(`The package ${name} is not there`);
  return found;
}
