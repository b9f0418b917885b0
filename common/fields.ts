/** The content of a mapping, such as a policy's statement or a Terraform block. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping of names to values. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
