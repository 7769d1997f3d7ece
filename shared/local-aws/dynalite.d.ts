// dynalite comes without types.
declare module "dynalite" {
  import type { Server } from "node:http";

  export default function dynalite(options: {
    /** How long a new table stays in CREATING. */
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}
