// Preloaded into jsii's Node process: a provider's lib/index.js requires each of its files eagerly, hundreds of them.
// Each `exports.x = require("./x");` becomes a getter, so that only what is used is read. A line of any other form stays.
"use strict";
const Module = require("module");

const INDEX = /@cdktf[\\/]provider-[a-z0-9-]+[\\/]lib[\\/]index\.js$/;
const EXPORT = /^exports\.(\w+) = require\("([^"]+)"\);$/gm;
const PLACEHOLDER = /^exports\.\w+ = (exports\.\w+ = )*void 0;$/gm;

const compile = Module.prototype._compile;
Module.prototype._compile = function (source, file, ...rest) {
  if (INDEX.test(file)) {
    source = source
      .replace(EXPORT, 'Object.defineProperty(exports, "$1", { enumerable: true, configurable: true, get: () => require("$2") });')
      .replace(PLACEHOLDER, "");
  }
  return compile.call(this, source, file, ...rest);
};
