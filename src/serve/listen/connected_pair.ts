/**
 * A connection within this process.
 *
 * @module
 */
import { closeQuietly } from "./connection_io.ts";

/** Both ends of a connection on this machine that nobody else can have taken. */
export async function connectedPair(): Promise<readonly [Deno.Conn, Deno.Conn]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connecting = Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  let accepted: Deno.TcpConn | undefined;
  try {
    for (;;) {
      accepted = await listener.accept();
      const connected = await connecting;
      // Any program of the machine may connect while the listener is there.
      if (accepted.remoteAddr.port === connected.localAddr.port) {
        accepted.setNoDelay();
        connected.setNoDelay();
        return [accepted, connected];
      }
      closeQuietly(accepted);
    }
  } catch (error) {
    if (accepted !== undefined) closeQuietly(accepted);
    await connecting.then(closeQuietly, () => {});
    throw error;
  }
}
