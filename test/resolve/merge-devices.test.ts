import { describe } from "vitest";
import { triples } from "./triple.ts";

describe("devices", () => {
  triples(
    ({ devices }) => devices,
    [
      ["a list adds", "devices: [/dev/a]", "devices: [/dev/b]", { items: ["minimal", "/dev/a", "/dev/b"] }],
      [
        "a list adds nothing twice",
        "devices: [/dev/a]",
        "devices: [minimal, /dev/a]",
        { items: ["minimal", "/dev/a"] },
      ],
      ["a word replaces a list", "devices: [/dev/a]", "devices: full", { items: ["full"] }],
      ["a list adds to a word", "devices: full", "devices: [/dev/a]", { items: ["full", "/dev/a"] }],
      ["none is nothing", "devices: [/dev/a]", "devices: none", { items: ["none"] }],
      ["a list after none stands alone", "devices: none", "devices: [/dev/a]", { items: ["/dev/a"] }],
      ["an empty list after none adds nothing", "devices: none", "devices: []", { items: ["none"] }],
      ["a word replaces none", "devices: none", "devices: minimal", { items: ["minimal"] }],
      ["a mapping replaces", "devices: [/dev/a]", "devices: {nodes: [/dev/b]}", { items: ["/dev/b"] }],
      [
        "a mapping's backing stays when a list adds",
        "devices: {nodes: [/dev/b], backing: tmpfs}",
        "devices: [/dev/a]",
        { items: ["/dev/b", "/dev/a"], backing: "tmpfs" },
      ],
      [
        "a word drops the backing",
        "devices: {nodes: [/dev/b], backing: tmpfs}",
        "devices: minimal",
        { items: ["minimal"] },
      ],
      [
        "a mapping replaces a mapping",
        "devices: {nodes: [/dev/b], backing: tmpfs}",
        "devices: {nodes: [/dev/a]}",
        { items: ["/dev/a"] },
      ],
      ["silence keeps", "devices: [/dev/a]", "git: ro", { items: ["minimal", "/dev/a"] }],
    ],
  );
});
