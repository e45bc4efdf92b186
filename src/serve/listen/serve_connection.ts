/**
 * HTTP on one connection. `Deno.serve` accepts connections itself and lets nobody end one that sends nothing; what it is made of takes a
 * connection at a time. This is the one file that knows how the runtime calls it.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";

/** Answers a request; `completed` ends when the answer was sent, and fails when it could not be. */
export type Respond = (
  request: Request,
  info: { readonly completed: Promise<void> },
) => Promise<Response> | Response;

interface HttpServer {
  readonly finished: Promise<void>;
  shutdown(): Promise<void>;
}

type ServeHttpOnConnection = (
  connection: Deno.Conn,
  signal: AbortSignal,
  respond: Respond,
  onError: (error: unknown) => Response,
  onListen: () => void,
) => HttpServer;

/**
 * Answers the requests of a connection, HTTP/1.1 or HTTP/2, until either side ends it or the signal cuts it. The promise never fails:
 * what is not HTTP ends a connection like any other.
 *
 * @throws {FerryError} UNSUPPORTED where the runtime has no such thing
 */
export async function serveConnection(
  connection: Deno.Conn,
  signal: AbortSignal,
  respond: Respond,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const failed = (error: unknown) => {
    onFailure(error);
    return new Response(null, { status: 500 });
  };
  let cancel = () => {};
  const stop = () => cancel();
  const server = runtime()(connection, stopSignal((ending) => cancel = ending), respond, failed, () => {});
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const failedAtEnd = await server.finished.then(() => false, () => true);
  signal.removeEventListener("abort", stop);
  // After a failure what the runtime keeps of the connection stays unless it is asked to end.
  if (failedAtEnd) await server.shutdown().catch(() => {});
}

/**
 * What the runtime waits at for the end of a connection. It throws when it is told to end what is over already, and what a listener of a
 * real signal throws nobody can catch.
 */
function stopSignal(take: (ending: () => void) => void): AbortSignal {
  const addEventListener = (_type: string, listener: (event: Event) => void) =>
    take(() => {
      try {
        listener(new Event("abort"));
      } catch {
        // It was over already.
      }
    });
  return { aborted: false, addEventListener, removeEventListener: () => {} } as unknown as AbortSignal;
}

function runtime(): ServeHttpOnConnection {
  const { internal } = Deno as unknown as { readonly internal: symbol };
  const internals = (Deno as unknown as Record<symbol, Record<string, unknown> | undefined>)[internal];
  const serve = internals?.serveHttpOnConnection;
  if (typeof serve === "function") return serve as ServeHttpOnConnection;
  throw new FerryError("UNSUPPORTED", `Deno ${Deno.version.deno} cannot serve a single connection`, {
    hint: "run ferry with the version of Deno that it is made for",
  });
}
