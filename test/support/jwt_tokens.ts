/** A token server whose tokens real registries believe: signed JSON Web Tokens (Docker token authentication). */
import { type Answer, errorAnswer, jsonAnswer, type ServerRequest } from "./http_message.ts";
import { HttpServer } from "./http_server.ts";
import { runOk } from "./programs.ts";

/** A request for a token. */
export interface JwtRequest {
  readonly user: string;
  readonly scopes: readonly string[];
  readonly status: number;
}

/** Issuer and service that the tokens name. */
export const JWT_ISSUER = "test issuer";
export const JWT_SERVICE = "peer registry";

/** A running token server for one user; anybody may pull. */
export class JwtTokens implements AsyncDisposable {
  /** Certificate of the signing key, PEM: what the registry trusts. */
  readonly cert: string;
  /** Every request, in order. */
  readonly requests: JwtRequest[] = [];
  readonly #server: HttpServer;
  readonly #key: CryptoKey;
  readonly #login: string;

  private constructor(cert: string, key: CryptoKey, login: string) {
    this.cert = cert;
    this.#key = key;
    this.#login = `Basic ${btoa(login)}`;
    this.#server = HttpServer.start((request) => this.#answer(request));
  }

  /** Makes a key and starts the server; `login` is `user:password`. */
  static async start(login: string): Promise<JwtTokens> {
    const dir = await Deno.makeTempDir({ prefix: "ferry-jwt-" });
    try {
      const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "jwt.key", "-out", "jwt.crt", "-days", "2"];
      await runOk("openssl", ["req", "-x509", ...key, "-subj", "/CN=test issuer"], { cwd: dir });
      const pem = await Deno.readTextFile(`${dir}/jwt.key`);
      const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
      const imported = await crypto.subtle.importKey("pkcs8", derOf(pem), algorithm, false, ["sign"]);
      return new JwtTokens(await Deno.readTextFile(`${dir}/jwt.crt`), imported, login);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  }

  /** URL of the realm. */
  get realm(): string {
    return `${this.#server.origin}/token`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.close();
  }

  async #answer(request: ServerRequest): Promise<Answer> {
    const authorization = request.headers.get("authorization");
    const scopes = request.query.getAll("scope").flatMap((text) => text.split(" "));
    const known = authorization === this.#login;
    const status = known || authorization === null ? 200 : 401;
    this.requests.push({ user: known ? "known" : "", scopes, status });
    if (status === 401) return errorAnswer(401, "UNAUTHORIZED");
    const access = scopes.flatMap((scope) => {
      const [, type = "", name = "", actions = ""] = /^(\w+):(.+):([^:]*)$/.exec(scope) ?? [];
      const granted = actions.split(",").filter((action) => known || action === "pull");
      return type === "" ? [] : [{ type, name, actions: granted }];
    });
    const token = await this.#sign({ iss: JWT_ISSUER, sub: "", aud: JWT_SERVICE, jti: crypto.randomUUID(), access });
    return jsonAnswer(200, { token, expires_in: 300, issued_at: new Date().toISOString() });
  }

  async #sign(claims: Record<string, unknown>): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const times = { exp: now + 300, nbf: now - 10, iat: now };
    const header = { typ: "JWT", alg: "RS256", x5c: [derOf(this.cert).toBase64()] };
    const text = `${encoded(JSON.stringify(header))}.${encoded(JSON.stringify({ ...claims, ...times }))}`;
    const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", this.#key, new TextEncoder().encode(text));
    return `${text}.${new Uint8Array(signature).toBase64({ alphabet: "base64url", omitPadding: true })}`;
  }
}

function encoded(text: string): string {
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}

function derOf(pem: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(pem.replace(/-----[^-]+-----/g, "").replace(/\s/g, ""));
}
