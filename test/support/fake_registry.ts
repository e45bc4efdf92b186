/** A registry in memory that does all of distribution-spec 1.1, records what it is asked, and fails on request. */
import type { FakeAuth } from "./fake_auth.ts";
import { answerBlob, continueUpload, type FakeCall, startUpload } from "./fake_blobs.ts";
import { answerCatalog, answerManifest, answerReferrers, answerTags } from "./fake_manifests.ts";
import { ALL_FEATURES, type FakeFeatures, FakeRepository } from "./fake_store.ts";
import { type Fault, FaultScript } from "./faults.ts";
import { type Answer, errorAnswer, jsonAnswer, type ServerRequest } from "./http_message.ts";
import { HttpServer, type ServerCertificate } from "./http_server.ts";

/** A request that the registry saw, with what became of it. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly connection: number;
  /** Bytes of the body that were read. */
  readonly bytes: number;
  /** Status of the answer; 0 where there was none. */
  readonly status: number;
}

/** How to start a fake registry. */
export interface FakeRegistryOptions {
  readonly features?: Partial<FakeFeatures>;
  readonly auth?: FakeAuth;
  readonly certificate?: ServerCertificate;
  readonly faults?: readonly Fault[];
}

const ROUTE =
  /^\/v2\/(.+?)\/(?:(tags)\/list|(manifests)\/([^/]+)|blobs\/(uploads)\/([^/]*)|(blobs)\/([^/]+)|(referrers)\/([^/]+))$/;

/** A running fake registry. */
export class FakeRegistry implements AsyncDisposable {
  /** Every request, in the order in which the answers were ready. */
  readonly requests: RecordedRequest[] = [];
  /** Repositories by name. */
  readonly repositories = new Map<string, FakeRepository>();
  /** What goes wrong. */
  readonly faults: FaultScript = new FaultScript();
  /** What it can do; may be changed while it runs. */
  features: FakeFeatures;
  /** Who may come in; may be changed while it runs. */
  auth: FakeAuth | undefined;
  /** Most requests that were worked on at one time. */
  peak = 0;
  readonly #server: HttpServer;
  #active = 0;

  constructor(options: FakeRegistryOptions = {}) {
    this.features = { ...ALL_FEATURES, ...options.features };
    this.auth = options.auth;
    this.faults.add(...(options.faults ?? []));
    this.#server = HttpServer.start((request) => this.#serve(request), options.certificate);
  }

  /** `127.0.0.1:port`, the name of the registry in references. */
  get host(): string {
    return this.#server.host;
  }

  /** Origin, `http://127.0.0.1:port`. */
  get origin(): string {
    return this.#server.origin;
  }

  /** Connections that were opened to it. */
  get connections(): number {
    return this.#server.accepted;
  }

  /** The repository of this name, made where it is not there. */
  repository(name: string): FakeRepository {
    let found = this.repositories.get(name);
    if (found === undefined) this.repositories.set(name, found = new FakeRepository());
    return found;
  }

  /** Requests of a method whose path matches. */
  asked(method: string, path: RegExp = /./): RecordedRequest[] {
    return this.requests.filter((request) => request.method === method && path.test(request.path));
  }

  /** `METHOD status` of every request, for comparing whole conversations. */
  get trace(): readonly string[] {
    return this.requests.map(({ method, status }) => `${method} ${status}`);
  }

  /** Ends the registry and its connections. */
  close(): Promise<void> {
    return this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(request: ServerRequest): Promise<Answer> {
    this.peak = Math.max(this.peak, ++this.#active);
    let status = 0;
    try {
      const answer = await this.faults.run(request, () => this.#answer(request));
      status = answer.status;
      return answer;
    } finally {
      this.#active--;
      const { method, path, query, headers, connection, received } = request;
      this.requests.push({ method, path, query, headers, connection, bytes: received, status });
    }
  }

  async #answer(request: ServerRequest): Promise<Answer> {
    const { features, auth } = this;
    const { path } = request;
    if (path === "/v2/" || path === "/v2") return auth?.check(request, "", []) ?? jsonAnswer(200, {});
    if (path === "/v2/_catalog") {
      const refused = auth?.check(request, "", []);
      if (refused !== undefined) return refused;
      return features.catalog
        ? answerCatalog(request, features.pageSize, this.repositories)
        : errorAnswer(404, "UNSUPPORTED");
    }
    const route = ROUTE.exec(path);
    if (route === null) return { status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found\n" };
    const name = route[1]!;
    const read = request.method === "GET" || request.method === "HEAD";
    const actions = read ? ["pull"] : request.method === "DELETE" ? ["delete"] : ["pull", "push"];
    const refused = auth?.check(request, name, route[5] === undefined || read ? actions : ["pull", "push"]);
    if (refused !== undefined) return refused;
    const known = this.repositories.get(name);
    if (known === undefined && read) return errorAnswer(404, "NAME_UNKNOWN", "repository name not known to registry");
    const repository = known ?? this.repository(name);
    const { origin, repositories } = this;
    const call: FakeCall = { request, features, origin, name, repository, repositories };
    if (route[2] !== undefined) return answerTags(call);
    if (route[3] !== undefined) return await answerManifest(call, route[4]!);
    if (route[5] !== undefined) return await (route[6] === "" ? startUpload(call) : continueUpload(call, route[6]!));
    if (route[7] !== undefined) return answerBlob(call, route[8]!);
    return answerReferrers(call, route[10]!);
  }
}
