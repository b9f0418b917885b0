/** The variable's name in a Terraform module for a property. */
export function variableName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
