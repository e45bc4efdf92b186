/** Certificates for TLS tests, made by openssl in a temporary folder. */
import type { ServerCertificate } from "./http_server.ts";
import { isInstalled, runOk } from "./programs.ts";

/** Certificates of one test authority, all PEM. */
export interface Certificates {
  /** The authority's certificate. */
  readonly ca: string;
  /** Certificate of 127.0.0.1 and localhost, signed by the authority. */
  readonly server: ServerCertificate;
  /** Certificate of 127.0.0.1 and localhost that signed itself and says CA:TRUE, as `openssl req -x509` makes it. */
  readonly selfSigned: ServerCertificate;
  /** Certificate of another host name, signed by the authority. */
  readonly otherHost: ServerCertificate;
  /** Certificate of a client, signed by the authority. */
  readonly client: ServerCertificate;
}

/** True when openssl is there to make certificates. */
export function canMakeCertificates(): boolean {
  return isInstalled("openssl");
}

/** Makes a fresh authority and what it signs; takes some tenths of a second. */
export async function makeCertificates(): Promise<Certificates> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-certs-" });
  try {
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const local = "subjectAltName=IP:127.0.0.1,DNS:localhost";
    await openssl(dir, [
      "req",
      "-x509",
      ...curve,
      "-keyout",
      "ca.key",
      "-out",
      "ca.crt",
      "-days",
      "2",
      "-subj",
      "/CN=test ca",
    ]);
    const selfSign = [
      "-keyout",
      "self.key",
      "-out",
      "self.crt",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-addext",
      local,
    ];
    await openssl(dir, ["req", "-x509", ...curve, ...selfSign]);
    const sign = async (name: string, extension: string): Promise<void> => {
      await openssl(dir, [
        "req",
        "-new",
        ...curve,
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.csr`,
        "-subj",
        `/CN=${name}`,
      ]);
      await Deno.writeTextFile(`${dir}/${name}.ext`, `basicConstraints=CA:FALSE\n${extension}\n`);
      const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", `${name}.ext`];
      await openssl(dir, ["x509", "-req", "-in", `${name}.csr`, "-out", `${name}.crt`, ...by]);
    };
    await sign("server", `${local}\nextendedKeyUsage=serverAuth`);
    await sign("other", "subjectAltName=DNS:registry.example\nextendedKeyUsage=serverAuth");
    await sign("client", "extendedKeyUsage=clientAuth");
    const pair = async (name: string): Promise<ServerCertificate> => ({
      cert: await Deno.readTextFile(`${dir}/${name}.crt`),
      key: await Deno.readTextFile(`${dir}/${name}.key`),
    });
    return {
      ca: await Deno.readTextFile(`${dir}/ca.crt`),
      server: await pair("server"),
      selfSigned: await pair("self"),
      otherHost: await pair("other"),
      client: await pair("client"),
    };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  await runOk("openssl", args, { cwd });
}
