import { expect, it } from "vitest";
import { parseProfileArgument } from "../../src/discover/index.ts";

const none = { variant: undefined };
it.each([
  ["untrusted", { kind: "builtin", name: "untrusted", ...none }],
  ["host-ro", { kind: "builtin", name: "host-ro", ...none }],
  ["node#ci", { kind: "builtin", name: "node", variant: "ci" }],
  ["#web", { kind: "variant", variant: "web" }],
  ["./x.yml", { kind: "file", path: "./x.yml", ...none }],
  ["./untrusted", { kind: "file", path: "./untrusted", ...none }],
  ["x.yml", { kind: "file", path: "x.yml", ...none }],
  [".sandbox.yml#web", { kind: "file", path: ".sandbox.yml", variant: "web" }],
  ["packages/a/.sandbox.yml", { kind: "file", path: "packages/a/.sandbox.yml", ...none }],
  ["~/x.yml", { kind: "file", path: "~/x.yml", ...none }],
  ["/abs/x.yml#a", { kind: "file", path: "/abs/x.yml", variant: "a" }],
  ["/abs/with:colon.yml", { kind: "file", path: "/abs/with:colon.yml", ...none }],
  ["./with:colon.yml", { kind: "file", path: "./with:colon.yml", ...none }],
  ["../with:colon.yml", { kind: "file", path: "../with:colon.yml", ...none }],
  ["./a#b.yml#web", { kind: "file", path: "./a#b.yml", variant: "web" }],
  ["main:.sandbox.yml", { kind: "revision", revision: "main", path: ".sandbox.yml", ...none }],
  ["origin/main:a/b.yml#web", { kind: "revision", revision: "origin/main", path: "a/b.yml", variant: "web" }],
  ["HEAD~1:x:y.yml", { kind: "revision", revision: "HEAD~1", path: "x:y.yml", ...none }],
  ["v1.0^{}:x.yml", { kind: "revision", revision: "v1.0^{}", path: "x.yml", ...none }],
  [":x.yml", { kind: "revision", revision: "", path: "x.yml", ...none }],
  ["", { kind: "file", path: "", ...none }],
  ["..", { kind: "file", path: "..", ...none }],
])("%j", (text, expected) => {
  expect(parseProfileArgument(text)).toEqual(expected);
});
