// The API's process. `npm run chapter 01` starts it, with the vendor and the embedded AWS beside it.
import "#shared/child.ts";
import { createDynamoDb } from "#shared/aws.ts";
import { readConfig, variables } from "#shared/config.ts";
import { serve } from "#shared/http.ts";
import { createInventory } from "#shared/inventory.ts";
import { createVendor } from "#shared/vendor.ts";
import { createApi } from "./api.ts";

const config = readConfig({ PORT: variables.port, VENDOR_URL: variables.url, DEVICES_TABLE: variables.text });

const inventory = createInventory({ dynamoDb: createDynamoDb(), tableName: config.DEVICES_TABLE });
const provision = createVendor({ vendorUrl: config.VENDOR_URL });

serve(createApi({ inventory, provision }), config.PORT);
