// Loaded before a Node program (NODE_OPTIONS=--import): sends its connections for the local cloud's endpoints to this
// machine. Names below .localhost resolve to 127.0.0.1, as RFC 6761 has it and not every system does, and TLS to port 443
// goes to the port in the file that SANDBOX_CLOUD_FILE names. The name that TLS asks for, and its check, stay as they are.
import dns from "node:dns";
import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import tls from "node:tls";

const ours = (host) => typeof host === "string" && /\.localhost\.?$/i.test(host);

const { lookup } = dns;
dns.lookup = function (host, options, callback = options) {
  if (!ours(host)) return lookup.apply(this, arguments);
  const all = typeof options === "object" && options?.all;
  process.nextTick(() => (all ? callback(null, [{ address: "127.0.0.1", family: 4 }]) : callback(null, "127.0.0.1", 4)));
};

const { connect } = tls;
tls.connect = function (options, ...rest) {
  if (typeof options !== "object" || !ours(options.host) || Number(options.port) !== 443 || options.socket) {
    return connect.call(this, options, ...rest);
  }
  const { neon_tls_port: port } = JSON.parse(readFileSync(process.env.SANDBOX_CLOUD_FILE, "utf8"));
  const servername = options.servername || options.host;
  return connect.call(this, { ...options, host: "127.0.0.1", port, servername }, ...rest);
};

syncBuiltinESMExports();
