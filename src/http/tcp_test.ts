import assert from "node:assert/strict";
import { connectTcp } from "./tcp.ts";

/** A server on 127.0.0.1; 127.0.0.2 of the same port refuses. */
async function withListener(work: (port: number) => Promise<void>): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const connection of listener) connection.close();
  })().catch(() => {});
  await work(listener.addr.port);
  listener.close();
  await accepting;
}

const resolveTo = (...addresses: string[]) => ({ resolve: () => Promise.resolve(addresses) });
/** An address of those that lead nowhere (RFC 5737): what is sent there is dropped, or refused by a router. */
const NOWHERE = "192.0.2.1";

Deno.test("an address that refuses leads to the next one", () =>
  withListener(async (port) => {
    const { signal } = new AbortController();
    using connection = await connectTcp("two.test", port, signal, resolveTo("127.0.0.2", "127.0.0.1"));
    assert.equal(connection.remoteAddr.hostname, "127.0.0.1");
  }));

Deno.test("an address that never answers does not keep the next one waiting for long", () =>
  withListener(async (port) => {
    const { signal } = new AbortController();
    const options = { ...resolveTo(NOWHERE, "127.0.0.2", NOWHERE, "127.0.0.1"), staggerMs: 1 };
    using connection = await connectTcp("four.test", port, signal, options);
    assert.equal(connection.remoteAddr.hostname, "127.0.0.1");
  }));

Deno.test("where no address takes a connection, the first one's failure tells", async () => {
  const { signal } = new AbortController();
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr;
  free.close();
  await assert.rejects(
    connectTcp("none.test", port, signal, resolveTo("127.0.0.1", "127.0.0.2")),
    Deno.errors.ConnectionRefused,
  );
});

Deno.test("a signal ends all tries, with its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const connecting = connectTcp("none.test", 9, controller.signal, { ...resolveTo(NOWHERE, NOWHERE), staggerMs: 1 });
  queueMicrotask(() => controller.abort(reason));
  await assert.rejects(connecting, (error) => error === reason || error instanceof Deno.errors.NetworkUnreachable);
});

Deno.test("a name whose addresses never come does not hold up who stops", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const connecting = connectTcp("slow.test", 9, controller.signal, { resolve: () => new Promise(() => {}) });
  controller.abort(reason);
  await assert.rejects(connecting, (error) => error === reason);
});

Deno.test("a name is looked up as the system does, an address is taken as it is", () =>
  withListener(async (port) => {
    const { signal } = new AbortController();
    for (const name of ["localhost", "127.0.0.1"]) {
      using connection = await connectTcp(name, port, signal);
      assert.equal(connection.remoteAddr.hostname, "127.0.0.1");
    }
    await assert.rejects(connectTcp("no-such-host.invalid", port, signal), /ENOTFOUND|EAI_AGAIN/);
  }));
