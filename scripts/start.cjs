#!/usr/bin/env node
// What `sbx` starts with (the build copies it to dist/sbx.cjs): it runs the bundles beside it with the bytecode that the
// build left for this very Node. V8 checks that the bytecode is its own and compiles the text when it is not; Node's own
// module loader can't be given bytecode before version 22.
"use strict";
const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");

const BYTECODE = `${process.version}-${process.platform}-${process.arch}.bytecode`;
const modules = new Map();

function load(name) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(name, module);
  const filename = `${__dirname}/${name}`;
  const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, "utf8")}\n})`;
  const cachedData = bytecodeOf(filename);
  const script = new Script(text, { filename, ...(cachedData && { cachedData }) });
  script.runInThisContext()(module.exports, requireFrom, module, filename, __dirname);
  return module.exports;
}

function bytecodeOf(filename) {
  try {
    return readFileSync(`${filename}.${BYTECODE}`);
  } catch {
    return undefined;
  }
}

function requireFrom(name) {
  return name.startsWith("./") ? load(name.slice("./".length)) : require(name);
}

load("sbx-main.cjs");
