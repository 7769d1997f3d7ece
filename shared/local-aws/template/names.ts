import {
  awsOnlyEventTypes,
  awsOnlyResourceTypes,
  blocks,
  isResourceType,
  resourceTypes,
} from "./properties.ts";
import type { PropertyLists } from "./properties.ts";
import type { Item } from "./source.ts";
import { TemplateError } from "./stack.ts";

/**
 * Compares every name in a template with the three lists, and returns what matters on AWS only. Throws one
 * {@link TemplateError} with a line for each refused name, so that you can fix them all at once.
 */
export function checkNames(root: Item): Item[] {
  const check = new NamesCheck();
  check.template(root);
  if (check.refused.length > 0) {
    throw new TemplateError([...new Set(check.refused.map(({ message }) => message))].join("\n"));
  }
  return check.ignored;
}

class NamesCheck {
  readonly refused: TemplateError[] = [];
  readonly ignored: Item[] = [];

  template(root: Item): void {
    this.#block(root, blocks.template);
    this.#look(() => {
      this.#each(root.get("Parameters"), (parameter) => this.#block(parameter, blocks.parameter));
      const globals = root.get("Globals");
      this.#block(globals, blocks.globals);
      this.#functionSettings(globals?.get("Function"), blocks.globalFunction);
    });
    this.#look(() => this.#each(root.get("Resources"), (resource) => this.#resource(resource)));
    this.#look(() => this.#each(root.get("Outputs"), (output) => this.#block(output, blocks.output)));
  }

  #resource(item: Item): void {
    const typeItem = item.need("Type");
    const type = String(typeItem.scalar());
    if (awsOnlyResourceTypes.includes(type)) {
      this.ignored.push(item);
      return;
    }
    if (!isResourceType(type)) {
      throw typeItem.fails(`is ${type}, which is not emulated: use ${Object.keys(resourceTypes).join(", ")}`);
    }
    this.#block(item, blocks.resource);
    const properties = item.get("Properties");
    switch (type) {
      case "AWS::SQS::Queue":
        this.#block(properties, resourceTypes[type]);
        this.#block(properties?.get("RedrivePolicy"), blocks.redrivePolicy);
        return;
      case "AWS::DynamoDB::Table":
        this.#block(properties, resourceTypes[type]);
        this.#listed(properties?.get("KeySchema"), blocks.keySchema);
        this.#listed(properties?.get("AttributeDefinitions"), blocks.attributeDefinition);
        return;
      case "AWS::Serverless::Function":
        this.#functionSettings(properties, resourceTypes[type]);
        this.#each(properties?.get("Events"), (event) => this.#event(event));
        this.#block(item.get("Metadata"), blocks.functionMetadata);
        this.#block(item.get("Metadata")?.get("BuildProperties"), blocks.buildProperties);
    }
  }

  #functionSettings(settings: Item | undefined, lists: PropertyLists): void {
    this.#block(settings, lists);
    this.#block(settings?.get("Environment"), blocks.environment);
    this.#block(settings?.get("DeadLetterQueue"), blocks.functionDeadLetterQueue);
    const config = settings?.get("EventInvokeConfig");
    this.#block(config, blocks.eventInvokeConfig);
    const destinations = config?.get("DestinationConfig");
    this.#block(destinations, blocks.destinationConfig);
    this.#block(destinations?.get("OnFailure"), blocks.destination);
  }

  #event(event: Item): void {
    const typeItem = event.need("Type");
    const type = String(typeItem.scalar());
    if (awsOnlyEventTypes.includes(type)) {
      this.ignored.push(event);
      return;
    }
    if (type !== "SQS") {
      throw typeItem.fails(`must be SQS, got ${type}: no other event is emulated`);
    }
    this.#block(event, blocks.event);
    const properties = event.get("Properties");
    this.#block(properties, blocks.sqsEvent);
    this.#block(properties?.get("ScalingConfig"), blocks.scalingConfig);
  }

  #block(item: Item | undefined, lists: PropertyLists): void {
    this.#look(() => {
      const { ignored, refused } = item?.compare(lists) ?? { ignored: [], refused: [] };
      this.ignored.push(...ignored);
      this.refused.push(...refused);
    });
  }

  #listed(item: Item | undefined, lists: PropertyLists): void {
    this.#look(() => item?.list().forEach((member) => this.#block(member, lists)));
  }

  #each(section: Item | undefined, lookAt: (entry: Item) => void): void {
    section?.entries().forEach((entry) => this.#look(() => lookAt(entry)));
  }

  /** A mistake in one place must not hide those in others. */
  #look(inside: () => void): void {
    try {
      inside();
    } catch (error) {
      if (!(error instanceof TemplateError)) {
        throw error;
      }
      this.refused.push(error);
    }
  }
}
