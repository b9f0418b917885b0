/** What stands in a mapping, such as a statement of a policy or a block of Terraform. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping of names to values. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
