"""Neon's serverless protocols: SQL over HTTPS (`/sql`) and Postgres over a WebSocket (`/v2`), on the endpoints' hosts.

`@neondatabase/serverless` derives both addresses from the connection string: `https://api.<rest of the host>/sql` and
`wss://<host>/v2`, always on port 443 (src/shims/net/index.ts and src/httpQuery.ts, version 1.1.0). No npm or PyPI
package serves them; Neon's own proxy is a Rust program. These modules follow that proxy (neondatabase/neon, folder
proxy/src/serverless).

How a request for port 443 gets here without a change to the app: `tls_listener` ends TLS on a free port,
`node_loader.mjs` sends Node programs there, and the Workers' runner sends a Worker's requests to the HTTP port.
"""

from sandbox.cloud.neon_serverless.hosts import Endpoint, is_ours
from sandbox.cloud.neon_serverless.serverless_app import create_app
from sandbox.cloud.neon_serverless.tls_listener import TlsListener

__all__ = ["Endpoint", "TlsListener", "create_app", "is_ours"]
