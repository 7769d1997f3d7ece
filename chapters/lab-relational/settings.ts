// Everything listens on this machine only, as the embedded AWS does, whose keys are "local".
export const password = "workshop";

// Few enough for a laptop to reach the limit. RDS takes it from the memory: about 400 on 4 GB, 5,000 at most.
// Three are kept for an administrator, as they are by default: nine are left for the API and the function.
const settings = {
  max_connections: 12,
  superuser_reserved_connections: 3,
  log_checkpoints: "off",
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
};
/** The same as words of its command line. */
export const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
