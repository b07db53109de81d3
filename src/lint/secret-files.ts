import type { Host } from "../model/host.ts";
import { below } from "../model/path.ts";

/** Variables for a run, keys and certificates' keys; examples of them are meant to be read. */
const SECRET = /^(\.env(\..+)?|\.envrc|.+\.(pem|key|p12|pfx|jks|keystore)|id_(rsa|ed25519|ecdsa))$/;
const SAMPLE = /\.(example|sample|template|dist|pub)$/;

/** Whether a file's name says that secrets are in it. */
export const namesSecret = (name: string): boolean => SECRET.test(name) && !SAMPLE.test(name);

/** The files right in a directory that look like this by their names. */
export const secretFilesIn = (host: Host, directory: string): string[] =>
  (host.readdir(directory) ?? []).filter(namesSecret).map((name) => below(directory, name));
