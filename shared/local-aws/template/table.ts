import type { TableResource } from "./stack.ts";
import { textOf, wordOf, type NamedResource, type Scope } from "./values.ts";

/** Reads an `AWS::DynamoDB::Table`. */
export function readTable({ item, name }: NamedResource, scope: Scope): TableResource {
  const properties = item.need("Properties");
  if (!/^[\w.-]{3,255}$/.test(name)) {
    const at = properties.get("TableName") ?? item;
    throw at.fails(`must be 3 to 255 letters, digits, ".", "-" or "_", got ${name}`);
  }
  // CloudFormation's default is PROVISIONED, so a table without this would behave differently on AWS.
  const BillingMode = wordOf(properties.need("BillingMode"), scope, ["PAY_PER_REQUEST"]);

  const keySchema = properties.need("KeySchema");
  const KeySchema = keySchema.list().map((element) => {
    return {
      AttributeName: textOf(element.need("AttributeName"), scope),
      KeyType: wordOf(element.need("KeyType"), scope, ["HASH", "RANGE"]),
    };
  });
  const definitions = properties.need("AttributeDefinitions");
  const AttributeDefinitions = definitions.list().map((definition) => {
    return {
      AttributeName: textOf(definition.need("AttributeName"), scope),
      AttributeType: wordOf(definition.need("AttributeType"), scope, ["S", "N", "B"]),
    };
  });

  const kinds = KeySchema.map(({ KeyType }) => KeyType).join(", ");
  if (kinds !== "HASH" && kinds !== "HASH, RANGE") {
    throw keySchema.fails(
      `must be one HASH key and at most one RANGE key after it, got ${kinds || "nothing"}`,
    );
  }
  const keys = KeySchema.map(({ AttributeName }) => AttributeName).toSorted();
  const defined = AttributeDefinitions.map(({ AttributeName }) => AttributeName).toSorted();
  if (keys.join() !== defined.join()) {
    throw definitions.fails(
      `must define exactly the attributes of the KeySchema (${keys.join(", ")}), got ${defined.join(", ") || "none"}`,
    );
  }
  return { TableName: name, AttributeDefinitions, KeySchema, BillingMode };
}
