import type { Host } from "../model/host.ts";
import { below } from "../model/path.ts";

/** Variables for a run, keys and certificates' keys; examples of them are meant to be read. */
const SECRET = /^(\.env(\..+)?|\.envrc|.+\.(pem|key|p12|pfx|jks|keystore)|id_(rsa|ed25519|ecdsa))$/;
const SAMPLE = /\.(example|sample|template|dist|pub|age|asc|gpg|enc)$/;
/** Certificates are for everybody, and `.pem` is what their keys are called, too. */
const CERTIFICATE =
  /^((.*[-_.])?(ca|cacert|cacerts|ca-?bundle|ca-?certificates|cert|certs|certificate|chain|fullchain)([-_.].*)?|tls-ca-bundle)\.pem$/i;

/** Whether a file's name says that secrets are in it. */
export const namesSecret = (name: string): boolean =>
  SECRET.test(name) && !SAMPLE.test(name) && !CERTIFICATE.test(name);

/** More directories than this are no project of somebody's own. */
const MOST = 300;
/** What others have made, with the examples and tests that they have in it. */
const PASSED = /^(node_modules|\.git|\.venv|venv|site-packages|vendor|third_party|target|dist|\.cache)$/;
/** What is in one is for tests: keys that everybody may have. */
const FOR_TESTS = /^(tests?|__tests__|testdata|fixtures?|examples?)$/;

const found = new WeakMap<Host["readdir"], Map<string, readonly string[]>>();

/** The files of a project that look like this by their names, wherever they lie in it. */
export function secretFilesIn(host: Host, project: string): readonly string[] {
  const before = found.get(host.readdir)?.get(project);
  if (before !== undefined) return before;
  const directories = [project];
  const files: string[] = [];
  // The list grows while it is gone through.
  for (const directory of directories) {
    for (const name of host.readdir(directory) ?? []) {
      const path = below(directory, name);
      if (namesSecret(name)) {
        if (!isCertificate(host, path)) files.push(path);
      } else if (!PASSED.test(name) && !FOR_TESTS.test(name) && directories.length < MOST) {
        if (host.lstat(path)?.type === "directory") directories.push(path);
      }
    }
  }
  found.set(host.readdir, (found.get(host.readdir) ?? new Map()).set(project, files));
  return files;
}

/** Whether a file has certificates in it, and no key. */
function isCertificate(host: Host, path: string): boolean {
  const text = path.endsWith(".pem") ? host.readText(path) : undefined;
  return (
    text !== undefined &&
    /-----BEGIN (CERTIFICATE|PUBLIC KEY|TRUSTED CERTIFICATE)-----/.test(text) &&
    !/PRIVATE KEY-----/.test(text)
  );
}
