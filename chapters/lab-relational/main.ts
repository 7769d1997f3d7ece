// The API's process. `npm run chapter lab-relational` starts it, with the vendor, PostgreSQL and the embedded AWS beside it.
import "#shared/child.ts";
import { createSqs } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { serve } from "#shared/http.ts";
import { createApi } from "./api.ts";
import { createDatabase } from "./database.ts";
import { createInventory } from "./inventory.ts";
import { createTickets } from "./tickets.ts";

const config = readConfig({ PORT: variables.port, DATABASE_URL: variables.url, QUEUE_URL: variables.url });

// Of the nine connections that PostgreSQL has for us (store.ts). The other five are the function's.
const database = createDatabase({ url: config.DATABASE_URL, connections: 4 });
const inventory = createInventory({ database });
const tickets = createTickets({ database });

serve(createApi({ inventory, tickets, sqs: createSqs(), queueUrl: config.QUEUE_URL }), config.PORT);
