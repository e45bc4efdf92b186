/**
 * Ends connections whose TLS handshake stands still. The runtime lets go of such a connection only when the client does: closed here, it
 * would stay open in the system for as long as the client likes. On Linux the system is told itself; elsewhere nothing can be done.
 *
 * @module
 */

const SHUT_RDWR = 2;

/** Both ends of a connection. */
export interface Ends {
  /** Here. */
  readonly local: Deno.NetAddr;
  /** There. */
  readonly remote: Deno.NetAddr;
}

/** Milliseconds for which connections are gathered: to look them up costs about the same for one as for many. */
const GATHER_MS = 100;

/** Ends connections by the addresses of their ends. */
export class HangUps {
  #waiting: Ends[] = [];
  #timer: number | undefined;

  /** Ends a connection soon. */
  add(ends: Ends): void {
    if (Deno.build.os !== "linux") return;
    this.#waiting.push(ends);
    this.#timer ??= setTimeout(() => this.now(), GATHER_MS);
  }

  /** Ends those that wait for it. */
  now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length > 0) hangUp(this.#waiting.splice(0));
  }
}

function hangUp(all: readonly Ends[]): void {
  let libc: Deno.DynamicLibrary<{ readonly shutdown: { parameters: ["i32", "i32"]; result: "i32" } }> | undefined;
  try {
    const sockets = socketsOf(all);
    if (sockets.size === 0) return;
    libc = Deno.dlopen("libc.so.6", { shutdown: { parameters: ["i32", "i32"], result: "i32" } });
    for (const { name } of Deno.readDirSync("/proc/self/fd")) {
      if (sockets.has(linkOf(`/proc/self/fd/${name}`))) libc.symbols.shutdown(Number(name), SHUT_RDWR);
    }
  } catch {
    // Without /proc the client decides when it goes.
  } finally {
    libc?.close();
  }
}

/** Names of sockets as links of open files show them: `socket:[12345]`. */
function socketsOf(all: readonly Ends[]): ReadonlySet<string> {
  const wanted = new Set(all.map(({ local, remote }) => `${local.port} ${plain(remote.hostname)} ${remote.port}`));
  const found = new Set<string>();
  for (const file of ["/proc/self/net/tcp", "/proc/self/net/tcp6"]) {
    for (const line of textOf(file).split("\n").slice(1)) {
      const [, local, remote, , , , , , , inode] = line.trim().split(/\s+/);
      if (local === undefined || remote === undefined) continue;
      const [address, port] = endOf(remote);
      if (wanted.has(`${endOf(local)[1]} ${address} ${port}`)) found.add(`socket:[${inode}]`);
    }
  }
  return found;
}

/** An address as these files have it: bytes in the processor's order by four, hexadecimal, and a port: `0100007F:1388`. */
function endOf(text: string): readonly [address: string, port: number] {
  const [digits = "", port = ""] = text.split(":");
  const bytes = (digits.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  const address = bytes.length === 4
    ? bytes.map((byte) => parseInt(byte, 16)).join(".")
    : plain((bytes.join("").match(/.{4}/g) ?? []).join(":"));
  return [address, parseInt(port, 16)];
}

/** The one way to write an address of IPv6; one of IPv4 as it is. */
function plain(address: string): string {
  return address.includes(":") ? new URL(`http://[${address}]/`).hostname : address;
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function linkOf(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}
