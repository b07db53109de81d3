// For `node --require`: when the process ends, writes the bytecode of every bundle that ran, lazily compiled functions
// included, to where scripts/start.cjs looks for it. Only the build uses it.
"use strict";
const { writeFileSync } = require("node:fs");
const vm = require("node:vm");

const BYTECODE = `${process.version}-${process.platform}-${process.arch}.bytecode`;
const scripts = [];

vm.Script = class extends vm.Script {
  constructor(text, options) {
    super(text, options);
    scripts.push({ script: this, filename: options.filename });
  }
};

process.on("exit", () => {
  for (const { script, filename } of scripts) writeFileSync(`${filename}.${BYTECODE}`, script.createCachedData());
});
