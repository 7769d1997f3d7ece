import * as z from "zod";

/** Variables that several chapters' entries read. Each entry picks its own with {@link readConfig}. */
export const variables = {
  port: z.coerce.number().int().min(0).max(65_535),
  text: z.string().min(1),
  count: z.coerce.number().int().min(1),
  url: z.url(),
};

/** Settings of this process are missing or wrong. The message names each variable. */
class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The settings of this process, checked once, in its entry. Throws an error that names each wrong one. */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  env = process.env,
): z.output<z.ZodObject<Shape>> {
  const result = z.object(shape).safeParse(env);
  if (!result.success) {
    const wrong = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
    throw new ConfigError(
      `Expected settings in the environment, got ${wrong}. \`npm run chapter\` sets them.`,
    );
  }
  return result.data;
}
